using Espalier.Tensors;
using ILGPU.Algorithms;

namespace Espalier.Accelerated;

/// <summary>An activation function in kernels: <see cref="Activation"/> in float32.</summary>
internal readonly struct DeviceActivation(Activation activation)
{
    private const float SeluScale = 1.05070098f;
    private const float SeluAlpha = 1.67326324f;
    private const float SqrtTwoByPi = 0.797884561f;
    private const float SqrtHalf = 0.707106781f;
    private const float DensityScale = 0.398942280f; // 1/√(2π)
    private const float GeluCubic = 0.044715f;

    private readonly int _kind = (int)activation.Kind;
    private readonly float _slope = (float)activation.Slope;
    private readonly float _minimum = (float)activation.Minimum;
    private readonly float _maximum = (float)activation.Maximum;

    /// <summary>Whether it changes nothing.</summary>
    internal bool IsIdentity => _kind == (int)ActivationKind.Identity;

    /// <summary>Its value.</summary>
    internal float Of(float x)
    {
        switch ((ActivationKind)_kind)
        {
            case ActivationKind.Identity: return x;
            case ActivationKind.Relu: return x > 0 ? x : Keep(x);
            case ActivationKind.LeakyRelu: return x > 0 ? x : x * _slope;
            case ActivationKind.Relu6: return Limit(x, 0, 6);
            case ActivationKind.Silu: return x * Sigmoid(x);
            case ActivationKind.HardSwish: return x * (Limit(x + 3, 0, 6) / 6);
            case ActivationKind.Sigmoid: return Sigmoid(x);
            case ActivationKind.Gelu: return x * Normal(x);
            case ActivationKind.HardSigmoid: return Limit(x + 3, 0, 6) / 6;
            case ActivationKind.HardTanh: return Limit(x, _minimum, _maximum);
            case ActivationKind.Elu: return x > 0 ? x : _slope * ExponentialLessOne(x);
            case ActivationKind.Selu: return SeluScale * (x > 0 ? x : SeluAlpha * ExponentialLessOne(x));
            case ActivationKind.Tanh: return Tanh(x);
            case ActivationKind.Mish: return x * Tanh(SoftPlus(x));
            default: return 0.5f * x * (1 + Tanh(SqrtTwoByPi * (x + (GeluCubic * x * x * x))));
        }
    }

    /// <summary>Its derivative at an input; 0 where a limit begins, as PyTorch has it.</summary>
    internal float Derivative(float x)
    {
        switch ((ActivationKind)_kind)
        {
            case ActivationKind.Identity: return 1;
            case ActivationKind.Relu: return x > 0 ? 1 : 0;
            case ActivationKind.LeakyRelu: return x > 0 ? 1 : _slope;
            case ActivationKind.Relu6: return x > 0 && x < 6 ? 1 : 0;
            case ActivationKind.Silu: return OfSilu(x);
            case ActivationKind.HardSwish: return x <= -3 ? 0 : x >= 3 ? 1 : (x / 3) + 0.5f;
            case ActivationKind.Sigmoid: return OfSigmoid(x);
            case ActivationKind.Gelu: return Normal(x) + (x * DensityScale * XMath.Exp(-0.5f * x * x));
            case ActivationKind.HardSigmoid: return x > -3 && x < 3 ? 1f / 6 : 0;
            case ActivationKind.HardTanh: return x > _minimum && x < _maximum ? 1 : 0;
            case ActivationKind.Elu: return x > 0 ? 1 : _slope * XMath.Exp(x);
            case ActivationKind.Selu: return SeluScale * (x > 0 ? 1 : SeluAlpha * XMath.Exp(x));
            case ActivationKind.Tanh: return OfTanh(x);
            case ActivationKind.Mish: return OfMish(x);
            default: return OfGeluTanh(x);
        }
    }

    // NaN stays NaN.
    private static float Keep(float x) => x <= 0 ? 0 : x;

    private static float Limit(float x, float low, float high) => x < low ? low : x > high ? high : x;

    private static float Sigmoid(float x)
    {
        float power = XMath.Exp(-XMath.Abs(x));
        return (x >= 0 ? 1 : power) / (1 + power);
    }

    // With few digits lost where x is nearly 0.
    private static float ExponentialLessOne(float x) =>
        XMath.Abs(x) < 0.1f ? x * (1 + (x * (0.5f + (x * ((1f / 6) + (x * ((1f / 24) + (x * (1f / 120))))))))) : XMath.Exp(x) - 1;

    private static float Tanh(float x)
    {
        float part = ExponentialLessOne(-2 * XMath.Abs(x));
        float value = -part / (2 + part);
        return x >= 0 ? value : -value;
    }

    private static float SoftPlus(float x) => (x > 0 ? x : 0) + XMath.Log(1 + XMath.Exp(-XMath.Abs(x)));

    // Φ(x) by the error function's approximation 7.1.26 of Abramowitz and Stegun (1964), whose error is below 1.5e-7.
    private static float Normal(float x)
    {
        float z = XMath.Abs(x) * SqrtHalf, t = 1 / (1 + (0.3275911f * z));
        float tail = t * (0.254829592f + (t * (-0.284496736f + (t * (1.421413741f + (t * (-1.453152027f + (t * 1.061405429f)))))))) * XMath.Exp(-z * z);
        return x >= 0 ? 1 - (0.5f * tail) : 0.5f * tail;
    }

    private static float OfSigmoid(float x)
    {
        float s = Sigmoid(x);
        return s * (1 - s);
    }

    private static float OfSilu(float x)
    {
        float s = Sigmoid(x);
        return s * (1 + (x * (1 - s)));
    }

    private static float OfTanh(float x)
    {
        float t = Tanh(x);
        return 1 - (t * t);
    }

    private static float OfMish(float x)
    {
        float t = Tanh(SoftPlus(x));
        return t + (x * Sigmoid(x) * (1 - (t * t)));
    }

    private static float OfGeluTanh(float x)
    {
        float t = Tanh(SqrtTwoByPi * (x + (GeluCubic * x * x * x)));
        return (0.5f * (1 + t)) + (0.5f * x * (1 - (t * t)) * SqrtTwoByPi * (1 + (3 * GeluCubic * x * x)));
    }
}
