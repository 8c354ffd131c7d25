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

    /// <summary>x limited to a range: PyTorch's <c>Hardtanh</c>, ONNX's <c>Clip</c>.</summary>
    HardTanh,

    /// <summary>ELU: x for x &gt; 0, otherwise α·(eˣ − 1) (Clevert 2015).</summary>
    Elu,

    /// <summary>SELU: 1.0507 times the ELU with α = 1.6733 (Klambauer 2017).</summary>
    Selu,

    /// <summary>Hyperbolic tangent.</summary>
    Tanh,

    /// <summary>Mish: x · tanh(ln(1 + eˣ)) (Misra 2019).</summary>
    Mish,

    /// <summary>GELU's approximation x/2 · (1 + tanh(√(2/π)·(x + 0.044715·x³))) (Hendrycks and Gimpel 2016): torch's <c>approximate="tanh"</c>.</summary>
    GeluTanh,
}

/// <summary>An activation function with its parameter: name, value, derivative and properties. Kernels have the same functions on vectors.</summary>
/// <param name="Kind">The function.</param>
/// <param name="Slope">The slope for negative x of <see cref="ActivationKind.LeakyRelu"/>; α of <see cref="ActivationKind.Elu"/>, its slope just left of zero.</param>
public readonly record struct Activation(ActivationKind Kind, double Slope = 0)
{
    private const double SeluScale = 1.0507009873554804934193349852946;
    private const double SeluAlpha = 1.6732632423543772848170429916717;
    private const double SqrtTwoByPi = 0.79788456080286535587989211986876;
    private const double GeluCubic = 0.044715;

    /// <summary>The smallest result of <see cref="ActivationKind.HardTanh"/>.</summary>
    public double Minimum { get; init; }

    /// <summary>The greatest result of <see cref="ActivationKind.HardTanh"/>.</summary>
    public double Maximum { get; init; }

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
        ActivationKind.HardTanh => "hard_tanh",
        ActivationKind.Elu => "elu",
        ActivationKind.Selu => "selu",
        ActivationKind.Tanh => "tanh",
        ActivationKind.Mish => "mish",
        ActivationKind.GeluTanh => "gelu_tanh",
    };

    /// <summary>Whether the function uses <see cref="Slope"/>.</summary>
    public bool HasSlope => Kind is ActivationKind.LeakyRelu or ActivationKind.Elu;

    /// <summary>The limits of an activation that is a clamp; <see langword="null"/> for any other.</summary>
    public (float Low, float High)? Limits => Kind switch
    {
        ActivationKind.Identity => (float.NegativeInfinity, float.PositiveInfinity),
        ActivationKind.Relu => (0, float.PositiveInfinity),
        ActivationKind.Relu6 => (0, 6),
        ActivationKind.HardTanh => ((float)Minimum, (float)Maximum),
        ActivationKind.LeakyRelu or ActivationKind.Silu or ActivationKind.HardSwish or ActivationKind.Sigmoid or ActivationKind.Gelu or ActivationKind.HardSigmoid
            or ActivationKind.Elu or ActivationKind.Selu or ActivationKind.Tanh or ActivationKind.Mish or ActivationKind.GeluTanh => null,
    };

    /// <summary>Whether the kernels compute the derivative from the output; otherwise from the input.</summary>
    public bool IsDerivativeOfResult => Kind switch
    {
        ActivationKind.Relu or ActivationKind.Relu6 or ActivationKind.Sigmoid or ActivationKind.HardTanh or ActivationKind.Tanh => true,
        ActivationKind.Identity or ActivationKind.LeakyRelu or ActivationKind.Silu or ActivationKind.HardSwish or ActivationKind.Gelu or ActivationKind.HardSigmoid
            or ActivationKind.Elu or ActivationKind.Selu or ActivationKind.Mish or ActivationKind.GeluTanh => false,
    };

    /// <summary>Whether the derivative is a function of the output, so that the input need not be kept.</summary>
    public bool CanForgetInput => IsDerivativeOfResult || (Kind == ActivationKind.LeakyRelu && Slope >= 0); // the sign survives

    /// <summary>Whether the result is never negative.</summary>
    public bool IsNonNegative => Kind switch
    {
        ActivationKind.Relu or ActivationKind.Relu6 or ActivationKind.Sigmoid or ActivationKind.HardSigmoid => true,
        ActivationKind.HardTanh => Minimum >= 0,
        ActivationKind.Identity or ActivationKind.LeakyRelu or ActivationKind.Silu or ActivationKind.HardSwish or ActivationKind.Gelu or ActivationKind.Elu
            or ActivationKind.Selu or ActivationKind.Tanh or ActivationKind.Mish or ActivationKind.GeluTanh => false,
    };

    /// <summary>Whether f(a·x) = a·f(x) for all a above 0.</summary>
    public bool IsHomogeneous => Kind switch
    {
        ActivationKind.Identity or ActivationKind.Relu or ActivationKind.LeakyRelu => true,
        ActivationKind.Relu6 or ActivationKind.Silu or ActivationKind.HardSwish or ActivationKind.Sigmoid or ActivationKind.Gelu or ActivationKind.HardSigmoid or ActivationKind.HardTanh
            or ActivationKind.Elu or ActivationKind.Selu or ActivationKind.Tanh or ActivationKind.Mish or ActivationKind.GeluTanh => false,
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
        ActivationKind.HardTanh => T.Min(T.CreateSaturating(Maximum), T.Max(T.CreateSaturating(Minimum), x)),
        ActivationKind.Elu => EluOf(x, Slope),
        ActivationKind.Selu => Number<T>(SeluScale) * EluOf(x, SeluAlpha),
        ActivationKind.Tanh => T.Tanh(x),
        ActivationKind.Mish => x * TanhOfSoftplus(x),
        ActivationKind.GeluTanh => x / (T.One + T.Exp(Number<T>(-2) * GeluArgument(x))), // (1 + tanh u) / 2 is the sigmoid of 2·u
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
        ActivationKind.HardTanh => x > T.CreateSaturating(Minimum) && x < T.CreateSaturating(Maximum) ? T.One : T.Zero,
        ActivationKind.Elu => EluDerivative(x, Slope),
        ActivationKind.Selu => Number<T>(SeluScale) * EluDerivative(x, SeluAlpha),
        ActivationKind.Tanh => T.One - (T.Tanh(x) * T.Tanh(x)),
        ActivationKind.Mish => TanhOfSoftplus(x) + (x * SigmoidOf(x) * (T.One - (TanhOfSoftplus(x) * TanhOfSoftplus(x)))),
        ActivationKind.GeluTanh => GeluTanhDerivative(x),
    };

    private static T EluOf<T>(T x, double alpha) where T : IFloatingPointIeee754<T> => x > T.Zero ? x : T.CreateSaturating(alpha) * ExponentialMinusOne(x);

    private static T EluDerivative<T>(T x, double alpha) where T : IFloatingPointIeee754<T> => x > T.Zero ? T.One : T.CreateSaturating(alpha) * T.Exp(x);

    // eˣ − 1 without the cancellation left of zero: eˣ − 1 = tanh(x/2)·(eˣ + 1).
    private static T ExponentialMinusOne<T>(T x) where T : IFloatingPointIeee754<T> => T.Tanh(x / Number<T>(2)) * (T.Exp(x) + T.One);

    // tanh(ln(1 + eˣ)) = ((1 + eˣ)² − 1) / ((1 + eˣ)² + 1), with e^−|x|, which does not overflow.
    private static T TanhOfSoftplus<T>(T x) where T : IFloatingPointIeee754<T>
    {
        (T two, T power) = (Number<T>(2), T.Exp(-T.Abs(x)));
        T part = x > T.Zero ? T.One + (two * power) : power * (power + two);
        return part / (part + (x > T.Zero ? two * power * power : two));
    }

    private static T GeluArgument<T>(T x) where T : IFloatingPointIeee754<T> => Number<T>(SqrtTwoByPi) * (x + (Number<T>(GeluCubic) * x * x * x));

    private static T GeluTanhDerivative<T>(T x) where T : IFloatingPointIeee754<T>
    {
        T two = Number<T>(2);
        T sigmoid = SigmoidOf(two * GeluArgument(x));
        T slope = Number<T>(SqrtTwoByPi) * (T.One + (Number<T>(3 * GeluCubic) * x * x));
        return sigmoid + (x * sigmoid * (T.One - sigmoid) * two * slope);
    }

    private static T SigmoidOf<T>(T x) where T : IFloatingPointIeee754<T> => T.One / (T.One + T.Exp(-x));

    private static T Number<T>(double number) where T : IFloatingPointIeee754<T> => T.CreateChecked(number);
}
