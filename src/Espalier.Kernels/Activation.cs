namespace Espalier.Kernels;

/// <summary>The element-wise functions that can end a layer.</summary>
public enum ActivationKind
{
    /// <summary>x.</summary>
    Identity,

    /// <summary>max(0, x).</summary>
    Relu,

    /// <summary>x &gt; 0 ? x : slope·x.</summary>
    LeakyRelu,

    /// <summary>min(6, max(0, x)).</summary>
    Relu6,

    /// <summary>x / (1 + e⁻ˣ).</summary>
    Silu,

    /// <summary>x · min(6, max(0, x + 3)) / 6.</summary>
    HardSwish,

    /// <summary>1 / (1 + e⁻ˣ).</summary>
    Sigmoid,
}

/// <summary>An element-wise function with its parameter.</summary>
/// <param name="Kind">Which.</param>
/// <param name="Slope">The slope left of zero, for <see cref="ActivationKind.LeakyRelu"/>.</param>
public readonly record struct Activation(ActivationKind Kind, float Slope = 0)
{
    /// <summary>No activation.</summary>
    public static Activation None => default;
}
