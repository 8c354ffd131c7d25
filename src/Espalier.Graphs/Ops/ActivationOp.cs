using Espalier.Tensors;

namespace Espalier.Graphs;

/// <summary>A function applied element by element; the shape is kept.</summary>
public abstract record ActivationOp : Op
{
    /// <inheritdoc/>
    public sealed override OpType Type => OpType.Activation;

    /// <summary>The function.</summary>
    public abstract Activation Activation { get; }

    /// <inheritdoc/>
    public sealed override string Kind => Activation.Name;

    /// <inheritdoc/>
    public override Shape Infer(OpInputs inputs) => inputs.Single();

    /// <summary>The op that applies a function.</summary>
    /// <exception cref="ArgumentException">The function is the identity, which no op stands for.</exception>
    public static ActivationOp Of(Activation activation) => activation.Kind switch
    {
        ActivationKind.Identity => throw new ArgumentException("No op stands for the identity.", nameof(activation)),
        ActivationKind.Relu => new Relu(),
        ActivationKind.LeakyRelu => new LeakyRelu(activation.Slope),
        ActivationKind.Relu6 => new Relu6(),
        ActivationKind.Silu => new Silu(),
        ActivationKind.HardSwish => new HardSwish(),
        ActivationKind.Sigmoid => new Sigmoid(),
        ActivationKind.Gelu => new Gelu(),
        ActivationKind.HardSigmoid => new HardSigmoid(),
        ActivationKind.HardTanh => new HardTanh(activation.Minimum, activation.Maximum),
        ActivationKind.Elu => new Elu(activation.Slope),
        ActivationKind.Selu => new Selu(),
        ActivationKind.Tanh => new Tanh(),
        ActivationKind.Mish => new Mish(),
        ActivationKind.GeluTanh => new GeluTanh(),
    };
}
