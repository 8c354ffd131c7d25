namespace Espalier.Formats;

/// <summary>A tensor that is there but does not fit.</summary>
/// <param name="Expected">What the network needs.</param>
/// <param name="FoundShape">The extents that were found.</param>
/// <param name="FoundType">The type that was found.</param>
public readonly record struct MisshapenTensor(ExpectedTensor Expected, Shape FoundShape, ElementType FoundType)
{
    /// <summary>As in <c>fc.weight is 10x64, not 1000x64</c>.</summary>
    public override string ToString() => FoundShape == Expected.Shape
        ? $"{Expected.Name} is {FoundType}, not {Expected.Type}"
        : $"{Expected.Name} is {FoundShape}, not {Expected.Shape}";
}
