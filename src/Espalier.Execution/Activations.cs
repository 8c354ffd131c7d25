using Espalier.Graphs;
using Espalier.Kernels;

namespace Espalier.Execution;

/// <summary>Converts activation ops to the kernels' activations.</summary>
public static class Activations
{
    /// <summary>The kernels' activation for an activation op.</summary>
    public static Activation Of(ActivationOp op) => op switch
    {
        Relu => new(ActivationKind.Relu),
        LeakyRelu leaky => new(ActivationKind.LeakyRelu, (float)leaky.Slope),
        Relu6 => new(ActivationKind.Relu6),
        Silu => new(ActivationKind.Silu),
        HardSwish => new(ActivationKind.HardSwish),
        Sigmoid => new(ActivationKind.Sigmoid),
        _ => throw new NotSupportedException($"There is no kernel for the activation {op?.Kind}."),
    };
}
