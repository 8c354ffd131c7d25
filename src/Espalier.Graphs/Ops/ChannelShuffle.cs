using Espalier.Tensors;

namespace Espalier.Graphs;

/// <summary>Channel shuffle between groups (Zhang 2018, ShuffleNet, §3.1): channel g·n + i becomes i·groups + g.</summary>
/// <param name="Groups">Number of groups of n channels; must divide the channels.</param>
public sealed record ChannelShuffle(int Groups) : Op
{
    /// <inheritdoc/>
    public override OpType Type => OpType.ChannelShuffle;

    /// <inheritdoc/>
    public override string Kind => "channel_shuffle";

    /// <inheritdoc/>
    protected override string Attributes => $"groups {Groups}";

    /// <summary>For each channel of the result, the input's channel that it is.</summary>
    /// <param name="channels">Channels; a multiple of <see cref="Groups"/>.</param>
    public int[] Sources(int channels) => ChannelPermutation.Shuffle(channels, Groups);

    /// <inheritdoc/>
    public override Shape Infer(OpInputs inputs)
    {
        FeatureMap map = inputs.SingleMap();
        inputs.Require(Groups > 0 && map.Channels % Groups == 0, $"{Groups} groups do not divide {map.Channels} channels");
        return map;
    }
}
