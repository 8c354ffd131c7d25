namespace Espalier.Kernels;

/// <summary>A number as a type: the just-in-time compiler makes one version of a kernel for each, with the number folded into the code.</summary>
internal interface IConstant
{
    static abstract int Value { get; }
}
