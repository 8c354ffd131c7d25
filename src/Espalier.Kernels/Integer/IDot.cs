namespace Espalier.Kernels;

/// <summary>A vector of sums of byte products, and how an instruction set adds to it: the part of <see cref="VectorSumTile{TDot}"/> that depends on the machine.</summary>
internal unsafe interface IDot<TSelf> where TSelf : unmanaged, IDot<TSelf>
{
    /// <summary>Output channels of one vector: 4 or 8.</summary>
    static abstract int Outputs { get; }

    /// <summary>Most pixels whose sums fit into the registers with those of four vectors: 3 or 6.</summary>
    static abstract int Pixels { get; }

    /// <summary>Whether the inputs are taken as x − 128, because the machine multiplies signed numbers only.</summary>
    static abstract bool SignsInput { get; }

    /// <summary>The first summand of each output channel.</summary>
    static abstract TSelf Bias(int* from);

    /// <summary>Four input channels of one pixel, for all output channels.</summary>
    static abstract TSelf Input(byte* from);

    /// <summary>The weights of four input channels for each output channel.</summary>
    static abstract TSelf Weights(sbyte* from);

    /// <summary>Adds the four products of each output channel.</summary>
    static abstract void AddProducts(ref TSelf sum, TSelf input, TSelf weights);

    /// <summary>Stores the sum of each output channel.</summary>
    static abstract void Store(int* to, TSelf sum);
}
