namespace Espalier.Kernels;

/// <summary>An integer as a type: the just-in-time compiler compiles a kernel for each value, with the value as a constant.</summary>
internal interface IConstant
{
    static abstract int Value { get; }
}
