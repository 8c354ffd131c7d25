using Espalier.Tensors;

namespace Espalier.Graphs;

/// <summary>Group normalization (Wu and He 2018): mean and variance of each sample over groups of channels and all their pixels.</summary>
/// <param name="Groups">Number of groups; must divide the channels.</param>
/// <param name="Channels">Number of channels.</param>
/// <param name="Epsilon">Added to the variance. PyTorch's default is 1e-5.</param>
public sealed record GroupNorm(int Groups, int Channels, double Epsilon = 1e-5) : Op
{
    /// <inheritdoc/>
    public override OpType Type => OpType.GroupNorm;

    /// <inheritdoc/>
    public override string Kind => "group_norm";

    /// <inheritdoc/>
    public override ValueList<ParameterSpec> Parameters => [ParameterSpec.Of("weight", Channels), ParameterSpec.Of("bias", Channels)];

    /// <inheritdoc/>
    protected override string Attributes => $"{Channels}, groups {Groups}" + (Epsilon == 1e-5 ? "" : $", eps {Text(Epsilon)}");

    /// <inheritdoc/>
    public override Shape Infer(OpInputs inputs)
    {
        FeatureMap map = inputs.SingleMap();
        inputs.RequireChannels(map.Channels, Channels);
        inputs.Require(Groups > 0 && Channels % Groups == 0, $"{Groups} groups do not divide {Channels} channels");
        inputs.Require(Epsilon >= 0 && double.IsFinite(Epsilon), $"expected a finite epsilon of at least 0, found {Text(Epsilon)}");
        return map;
    }
}
