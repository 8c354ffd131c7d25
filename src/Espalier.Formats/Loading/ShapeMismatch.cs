namespace Espalier.Formats;

/// <summary>A tensor of a state_dict whose shape or type does not match the network.</summary>
/// <param name="Expected">The tensor that the network needs.</param>
/// <param name="FoundShape">The shape in the state_dict.</param>
/// <param name="FoundType">The type in the state_dict.</param>
internal readonly record struct ShapeMismatch(ExpectedTensor Expected, Shape FoundShape, ElementType FoundType)
{
    /// <summary>The mismatch as text, such as <c>fc.weight is 10x64, not 1000x64</c>.</summary>
    public override string ToString() => FoundShape == Expected.Shape
        ? $"{Expected.Name} is {FoundType}, not {Expected.Type}"
        : $"{Expected.Name} is {FoundShape}, not {Expected.Shape}";
}
