using System.Numerics;

namespace Espalier.Tensors;

/// <summary>The element-wise activation functions that can be fused into a kernel.</summary>
public enum ActivationKind
{
    /// <summary>No activation: x itself.</summary>
    Identity,

    /// <summary>ReLU: max(0, x).</summary>
    Relu,

    /// <summary>Leaky ReLU: x for x &gt; 0, otherwise slope·x (Maas 2013).</summary>
    LeakyRelu,

    /// <summary>ReLU6: min(6, max(0, x)).</summary>
    Relu6,

    /// <summary>SiLU: x / (1 + e⁻ˣ) (Ramachandran 2017).</summary>
    Silu,

    /// <summary>Hard-swish: x · min(6, max(0, x + 3)) / 6 (Howard 2019).</summary>
    HardSwish,

    /// <summary>Sigmoid: 1 / (1 + e⁻ˣ).</summary>
    Sigmoid,

    /// <summary>x·Φ(x), with Φ the normal distribution's cumulative function (Hendrycks and Gimpel 2016): the exact form, torch's default.</summary>
    Gelu,

    /// <summary>min(6, max(0, x + 3)) / 6 (Howard 2019).</summary>
    HardSigmoid,
}

/// <summary>An activation function with its parameter: name, value, derivative and properties. Kernels have the same functions on vectors.</summary>
/// <param name="Kind">The function.</param>
/// <param name="Slope">The slope for negative x of <see cref="ActivationKind.LeakyRelu"/>.</param>
public readonly record struct Activation(ActivationKind Kind, double Slope = 0)
{
    /// <summary>No activation.</summary>
    public static Activation None => default;

    /// <summary>The name in files and reports, as in PyTorch.</summary>
    public string Name => Kind switch
    {
        ActivationKind.Identity => "identity",
        ActivationKind.Relu => "relu",
        ActivationKind.LeakyRelu => "leaky_relu",
        ActivationKind.Relu6 => "relu6",
        ActivationKind.Silu => "silu",
        ActivationKind.HardSwish => "hard_swish",
        ActivationKind.Sigmoid => "sigmoid",
        ActivationKind.Gelu => "gelu",
        ActivationKind.HardSigmoid => "hard_sigmoid",
    };

    /// <summary>Whether the function uses <see cref="Slope"/>.</summary>
    public bool HasSlope => Kind == ActivationKind.LeakyRelu;

    /// <summary>The limits of an activation that is a clamp; <see langword="null"/> for any other.</summary>
    public (float Low, float High)? Limits => Kind switch
    {
        ActivationKind.Identity => (float.NegativeInfinity, float.PositiveInfinity),
        ActivationKind.Relu => (0, float.PositiveInfinity),
        ActivationKind.Relu6 => (0, 6),
        ActivationKind.LeakyRelu or ActivationKind.Silu or ActivationKind.HardSwish or ActivationKind.Sigmoid or ActivationKind.Gelu or ActivationKind.HardSigmoid => null,
    };

    /// <summary>Whether the kernels compute the derivative from the output; otherwise from the input.</summary>
    public bool IsDerivativeOfResult => Kind switch
    {
        ActivationKind.Relu or ActivationKind.Relu6 or ActivationKind.Sigmoid => true,
        ActivationKind.Identity or ActivationKind.LeakyRelu or ActivationKind.Silu or ActivationKind.HardSwish or ActivationKind.Gelu or ActivationKind.HardSigmoid => false,
    };

    /// <summary>Whether the derivative is a function of the output, so that the input need not be kept.</summary>
    public bool CanForgetInput => IsDerivativeOfResult || (Kind == ActivationKind.LeakyRelu && Slope >= 0); // the sign survives

    /// <summary>Whether the result is never negative.</summary>
    public bool IsNonNegative => Kind switch
    {
        ActivationKind.Relu or ActivationKind.Relu6 or ActivationKind.Sigmoid or ActivationKind.HardSigmoid => true,
        ActivationKind.Identity or ActivationKind.LeakyRelu or ActivationKind.Silu or ActivationKind.HardSwish or ActivationKind.Gelu => false,
    };

    /// <summary>Whether f(a·x) = a·f(x) for all a above 0.</summary>
    public bool IsHomogeneous => Kind switch
    {
        ActivationKind.Identity or ActivationKind.Relu or ActivationKind.LeakyRelu => true,
        ActivationKind.Relu6 or ActivationKind.Silu or ActivationKind.HardSwish or ActivationKind.Sigmoid or ActivationKind.Gelu or ActivationKind.HardSigmoid => false,
    };

    /// <summary>The value of the function at <paramref name="x"/>.</summary>
    /// <typeparam name="T">The type to compute in.</typeparam>
    public T Of<T>(T x) where T : IFloatingPointIeee754<T> => Kind switch
    {
        ActivationKind.Identity => x,
        ActivationKind.Relu => T.Max(T.Zero, x),
        ActivationKind.LeakyRelu => x > T.Zero ? x : T.CreateSaturating(Slope) * x,
        ActivationKind.Relu6 => T.Min(Number<T>(6), T.Max(T.Zero, x)),
        ActivationKind.Silu => x / (T.One + T.Exp(-x)),
        ActivationKind.HardSwish => x * T.Min(Number<T>(6), T.Max(T.Zero, x + Number<T>(3))) / Number<T>(6),
        ActivationKind.Sigmoid => SigmoidOf(x),
        ActivationKind.Gelu => x * NormalDistribution.Cumulative(x),
        ActivationKind.HardSigmoid => T.Min(Number<T>(6), T.Max(T.Zero, x + Number<T>(3))) / Number<T>(6),
    };

    /// <summary>The derivative at <paramref name="x"/>; where it is undefined, PyTorch's value.</summary>
    /// <typeparam name="T">The type to compute in.</typeparam>
    public T Derivative<T>(T x) where T : IFloatingPointIeee754<T> => Kind switch
    {
        ActivationKind.Identity => T.One,
        ActivationKind.Relu => x > T.Zero ? T.One : T.Zero,
        ActivationKind.LeakyRelu => x > T.Zero ? T.One : T.CreateSaturating(Slope),
        ActivationKind.Relu6 => x > T.Zero && x < Number<T>(6) ? T.One : T.Zero,
        ActivationKind.Silu => SigmoidOf(x) * (T.One + (x * (T.One - SigmoidOf(x)))),
        ActivationKind.HardSwish => x <= Number<T>(-3) ? T.Zero : x <= Number<T>(3) ? (x / Number<T>(3)) + Number<T>(0.5) : T.One,
        ActivationKind.Sigmoid => SigmoidOf(x) * (T.One - SigmoidOf(x)),
        ActivationKind.Gelu => NormalDistribution.Cumulative(x) + (x * NormalDistribution.Density(x)),
        ActivationKind.HardSigmoid => x > Number<T>(-3) && x < Number<T>(3) ? T.One / Number<T>(6) : T.Zero,
    };

    private static T SigmoidOf<T>(T x) where T : IFloatingPointIeee754<T> => T.One / (T.One + T.Exp(-x));

    private static T Number<T>(double number) where T : IFloatingPointIeee754<T> => T.CreateChecked(number);
}
