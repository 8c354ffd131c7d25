namespace Espalier.Kernels;

/// <summary>The element-wise activation functions that can be fused into a kernel.</summary>
public enum ActivationKind
{
    /// <summary>No activation: x itself.</summary>
    Identity,

    /// <summary>ReLU: max(0, x).</summary>
    Relu,

    /// <summary>Leaky ReLU: x &gt; 0 ? x : slope·x.</summary>
    LeakyRelu,

    /// <summary>ReLU6: min(6, max(0, x)).</summary>
    Relu6,

    /// <summary>SiLU: x / (1 + e⁻ˣ).</summary>
    Silu,

    /// <summary>Hard-swish: x · min(6, max(0, x + 3)) / 6.</summary>
    HardSwish,

    /// <summary>Sigmoid: 1 / (1 + e⁻ˣ).</summary>
    Sigmoid,
}

/// <summary>An activation function with its parameter.</summary>
/// <param name="Kind">The function.</param>
/// <param name="Slope">The slope for negative x of <see cref="ActivationKind.LeakyRelu"/>.</param>
public readonly record struct Activation(ActivationKind Kind, float Slope = 0)
{
    /// <summary>No activation.</summary>
    public static Activation None => default;
}
