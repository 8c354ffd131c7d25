namespace Espalier.Execution;

/// <summary>The range of steps during which a value must be in memory.</summary>
/// <param name="Value">The value.</param>
/// <param name="First">The step that first writes it.</param>
/// <param name="Last">The last step that reads it or adds to it.</param>
internal sealed record Lifetime(PlacedValue Value, int First, int Last)
{
    /// <summary>Whether both are in memory at the same time at any step.</summary>
    public bool Meets(Lifetime other) => First <= other.Last && other.First <= Last;
}
