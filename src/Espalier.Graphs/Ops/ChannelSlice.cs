using Espalier.Tensors;

namespace Espalier.Graphs;

/// <summary>The channels [start, start + count) of its input.</summary>
/// <param name="Start">The first channel kept.</param>
/// <param name="Count">Number of channels kept.</param>
public sealed record ChannelSlice(int Start, int Count) : Op
{
    /// <inheritdoc/>
    public override OpType Type => OpType.ChannelSlice;

    /// <inheritdoc/>
    public override string Kind => "channel_slice";

    /// <inheritdoc/>
    protected override string Attributes => $"{Start}..{(long)Start + Count}";

    /// <inheritdoc/>
    public override Shape Infer(OpInputs inputs)
    {
        Shape shape = inputs.Single();
        inputs.Require(shape.Rank is 1 or 3, $"expected a feature map or a vector, found {shape}");
        bool inside = Start >= 0 && Count > 0 && (long)Start + Count <= shape[0];
        inputs.Require(inside, $"channels {Start}..{(long)Start + Count} are not inside the {shape[0]} there are");
        return shape.WithoutFirst().Prepend(Count);
    }
}
