namespace Espalier.Data;

/// <summary>A sample that could not be read.</summary>
/// <param name="Index">Its place in the data set.</param>
/// <param name="Name">What messages call it.</param>
/// <param name="Reason">Why, in one line.</param>
public readonly record struct SampleFailure(int Index, string Name, string Reason)
{
    /// <summary>The line a person sees; decoders name the file themselves.</summary>
    public override string ToString() => Reason.Contains(Name, StringComparison.Ordinal) ? Reason : $"{Name}: {Reason}";
}
