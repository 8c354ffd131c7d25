using Espalier.Tensors;

namespace Espalier.Graphs;

/// <summary>One-dimensional convolution along the channels, with one kernel for all of them: the attention of ECA-Net (Wang 2020, §3.3).</summary>
/// <remarks>
/// The channels of one pixel are a sequence, padded with zeros so that it keeps its length: PyTorch's <c>Conv1d(1, 1, k, padding=(k − 1) / 2, bias=False)</c>.
/// The weight has the shape 1x1xk.
/// </remarks>
/// <param name="Kernel">Number of neighbouring channels that a result depends on, k; odd.</param>
public sealed record ChannelConv1d(int Kernel) : Op
{
    /// <inheritdoc/>
    public override OpType Type => OpType.ChannelConv1d;

    /// <inheritdoc/>
    public override string Kind => "channel_conv1d";

    /// <inheritdoc/>
    public override ValueList<ParameterSpec> Parameters => [ParameterSpec.Of("weight", 1, 1, Kernel)];

    /// <inheritdoc/>
    protected override string Attributes => $"kernel {Kernel}";

    /// <inheritdoc/>
    public override Shape Infer(OpInputs inputs)
    {
        Shape shape = inputs.Single();
        inputs.Require(shape.Count == shape[0], $"expected one pixel (channels x 1 x 1) or a vector, found {shape}");
        inputs.Require(Kernel > 0 && Kernel % 2 == 1, $"expected an odd kernel, found {Kernel}");
        return shape;
    }
}
