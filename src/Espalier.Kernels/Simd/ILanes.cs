namespace Espalier.Kernels;

/// <summary>One vector of floats. Kernels are written once, generic over it; the just-in-time compiler compiles one version per width.</summary>
/// <remarks>Lane i of a vector is channel i of a block of a <see cref="BlockedLayout"/>, unless a kernel says otherwise.</remarks>
internal unsafe interface ILanes<TSelf> where TSelf : unmanaged, ILanes<TSelf>
{
    /// <summary>Floats in the vector.</summary>
    static abstract int Count { get; }

    static abstract TSelf Zero { get; }

    static abstract TSelf Load(float* from);

    static abstract void Store(float* to, TSelf value);

    static abstract TSelf Broadcast(float value);

    /// <summary>Four floats, again and again.</summary>
    static abstract TSelf LoadFour(float* from);

    /// <summary>Broadcasts float <typeparamref name="TIndex"/> of the result of <see cref="LoadFour"/> to every lane, without another load.</summary>
    static abstract TSelf SplatOfFour<TIndex>(TSelf four) where TIndex : struct, IConstant;

    static abstract TSelf Add(TSelf a, TSelf b);

    static abstract TSelf Subtract(TSelf a, TSelf b);

    static abstract TSelf Multiply(TSelf a, TSelf b);

    static abstract TSelf Divide(TSelf a, TSelf b);

    static abstract TSelf Sqrt(TSelf x);

    /// <summary>a·b + c: fused where the machine has it, two roundings where not.</summary>
    static abstract TSelf MultiplyAdd(TSelf a, TSelf b, TSelf c);

    /// <summary>Adds a·b to a sum.</summary>
    static abstract void AddProduct(ref TSelf sum, TSelf a, TSelf b);

    /// <summary>The maximum; NaN if <paramref name="b"/> is (so Max(Zero, x) keeps the NaN of x, as PyTorch's ReLU does).</summary>
    static abstract TSelf Max(TSelf a, TSelf b);

    /// <summary>The minimum; NaN if <paramref name="b"/> is.</summary>
    static abstract TSelf Min(TSelf a, TSelf b);

    /// <summary>The maximum; NaN if either is, on every machine.</summary>
    static abstract TSelf MaxOrNaN(TSelf a, TSelf b);

    /// <summary>Lane by lane: <paramref name="x"/> &gt; 0 ? <paramref name="positive"/> : <paramref name="otherwise"/>. NaN counts as not positive.</summary>
    static abstract TSelf SelectPositive(TSelf x, TSelf positive, TSelf otherwise);

    /// <summary>Permutes lanes: lane i of the result is the lane of <paramref name="value"/> whose index is the bits of lane i of <paramref name="indices"/>, as an integer.</summary>
    static abstract TSelf Shuffle(TSelf value, TSelf indices);

    /// <summary>x·2ⁿ for an integer n from −252 to 254, rounded once; NaN if x is.</summary>
    static abstract TSelf TimesPowerOfTwo(TSelf x, TSelf exponent);
}
