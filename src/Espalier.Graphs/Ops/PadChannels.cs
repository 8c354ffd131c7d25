using Espalier.Tensors;

namespace Espalier.Graphs;

/// <summary>Adds channels of zeros before and after the input's: the shortcut without parameters where a block increases the channels (He 2015, §3.3, option A).</summary>
/// <param name="Before">Number of zero channels before the input's.</param>
/// <param name="After">Number of zero channels after the input's.</param>
public sealed record PadChannels(int Before, int After) : Op
{
    /// <inheritdoc/>
    public override OpType Type => OpType.PadChannels;

    /// <inheritdoc/>
    public override string Kind => "pad_channels";

    /// <inheritdoc/>
    protected override string Attributes => $"{Before} before, {After} after";

    /// <inheritdoc/>
    public override Shape Infer(OpInputs inputs)
    {
        Shape shape = inputs.Single();
        inputs.Require(shape.Rank is 1 or 3, $"expected a feature map or a vector, found {shape}");
        inputs.Require(Before >= 0 && After >= 0, $"expected at least 0 channels on each side, found {Before} and {After}");
        long channels = (long)shape[0] + Before + After;
        inputs.Require(channels <= int.MaxValue, $"{channels} channels are more than can be counted");
        return shape.WithoutFirst().Prepend((int)channels);
    }
}
