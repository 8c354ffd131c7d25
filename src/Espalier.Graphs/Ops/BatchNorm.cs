using Espalier.Tensors;

namespace Espalier.Graphs;

/// <summary>Batch normalization of each channel (Ioffe and Szegedy 2015): γ(x − μ)/√(σ² + ε) + β.</summary>
/// <param name="Channels">Channels of a feature map, or features of a vector.</param>
/// <param name="Epsilon">ε, added to the variance. PyTorch's default is 1e-5.</param>
/// <param name="Momentum">Weight of the newest batch in the running statistics. PyTorch's default is 0.1.</param>
public sealed record BatchNorm(int Channels, double Epsilon = 1e-5, double Momentum = 0.1) : Op
{
    /// <summary>Whether each channel has a γ and a β; without, they are 1 and 0 (PyTorch's <c>affine=False</c>).</summary>
    public bool Affine { get; init; } = true;

    /// <summary>
    /// Whether there are running statistics for inference. Without (PyTorch's <c>track_running_stats=False</c>) the norm trains, and running the network is refused, because its
    /// answers would depend on which other samples are in the batch.
    /// </summary>
    public bool RunningStatistics { get; init; } = true;

    /// <inheritdoc/>
    public override OpType Type => OpType.BatchNorm;

    /// <inheritdoc/>
    public override string Kind => "batch_norm";

    /// <inheritdoc/>
    public override ValueList<ParameterSpec> Parameters =>
    [
        .. Affine ? [ParameterSpec.Of("weight", Channels), ParameterSpec.Of("bias", Channels)] : (ParameterSpec[])[],
        .. RunningStatistics ? Statistics : [],
    ];

    private ParameterSpec[] Statistics =>
    [
        ParameterSpec.Of("running_mean", Channels) with { IsBuffer = true },
        ParameterSpec.Of("running_var", Channels) with { IsBuffer = true },
        new("num_batches_tracked", [], IsBuffer: true, IsCounter: true),
    ];

    /// <inheritdoc/>
    protected override string Attributes => $"{Channels}" + (Epsilon == 1e-5 ? "" : $", eps {Text(Epsilon)}") + (Momentum == 0.1 ? "" : $", momentum {Text(Momentum)}")
        + (Affine ? "" : ", not affine") + (RunningStatistics ? "" : ", no running statistics");

    /// <inheritdoc/>
    public override Shape Infer(OpInputs inputs)
    {
        Shape shape = inputs.Single();
        inputs.Require(shape.Rank is 1 or 3, $"expected a feature map or a vector, found {shape}");
        inputs.RequireChannels(shape[0], Channels);
        inputs.Require(Epsilon >= 0 && double.IsFinite(Epsilon), $"expected a finite epsilon of at least 0, found {Text(Epsilon)}");
        inputs.Require(Momentum is >= 0 and <= 1, $"expected a momentum from 0 to 1, found {Text(Momentum)}");
        return shape;
    }
}
