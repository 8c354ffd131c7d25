using Espalier.Graphs;

namespace Espalier.Models;

/// <summary>Functions that build residual blocks in the current scope, with torchvision's names: <c>x.In("layer1.0", x => x.BasicBlock(new(64)))</c>.</summary>
public static class ResidualBlocks
{
    /// <summary>Two 3x3 convolutions and a shortcut (He 2015, figure 5 left).</summary>
    /// <exception cref="GraphException">The options have groups, a width per group or a dilation, which only bottlenecks support.</exception>
    public static Value BasicBlock(this Value x, ResidualBlockOptions options)
    {
        RequireNothingOfBottlenecks(options);
        return x
            .Conv3x3("conv1", options.Width, options.Stride).Normalize(options.Norm, "bn1").Relu("relu1")
            .Conv3x3("conv2", options.Width).Normalize(options.Norm, "bn2")
            .AddShortcut(x, x, options, normalized: true).Relu("relu2");
    }

    /// <summary>1x1, 3x3 and 1x1 convolution and a shortcut (He 2015, figure 5 right), with groups as in ResNeXt (Xie 2017, figure 3c).</summary>
    public static Value Bottleneck(this Value x, ResidualBlockOptions options)
    {
        (int first, int second) = Strides(options);
        return x
            .Conv1x1("conv1", options.InnerWidth, first).Normalize(options.Norm, "bn1").Relu("relu1")
            .Conv3x3("conv2", options.InnerWidth, second, options.Dilation, options.Groups).Normalize(options.Norm, "bn2").Relu("relu2")
            .Conv1x1("conv3", options.Width * ResidualBlockOptions.Expansion).Normalize(options.Norm, "bn3")
            .AddShortcut(x, x, options, normalized: true).Relu("relu3");
    }

    /// <summary>The pre-activation basic block: norm and ReLU come before each convolution, and the shortcut has neither (He 2016, figure 4e).</summary>
    /// <exception cref="GraphException">The options have groups, a width per group or a dilation, which only bottlenecks support.</exception>
    public static Value PreActivationBasicBlock(this Value x, ResidualBlockOptions options)
    {
        RequireNothingOfBottlenecks(options);
        Value active = PreActivate(x, options);
        return active
            .Conv3x3("conv1", options.Width, options.Stride)
            .Normalize(options.Norm, "bn2").Relu("relu2").Conv3x3("conv2", options.Width)
            .AddShortcut(x, active, options, normalized: false);
    }

    /// <summary>The pre-activation bottleneck: norm and ReLU come before each convolution (He 2016).</summary>
    public static Value PreActivationBottleneck(this Value x, ResidualBlockOptions options)
    {
        (int first, int second) = Strides(options);
        Value active = PreActivate(x, options);
        return active
            .Conv1x1("conv1", options.InnerWidth, first)
            .Normalize(options.Norm, "bn2").Relu("relu2").Conv3x3("conv2", options.InnerWidth, second, options.Dilation, options.Groups)
            .Normalize(options.Norm, "bn3").Relu("relu3").Conv1x1("conv3", options.Width * ResidualBlockOptions.Expansion)
            .AddShortcut(x, active, options, normalized: false);
    }

    private static Value PreActivate(Value x, ResidualBlockOptions options) =>
        options.ActivatesInput ? x.Normalize(options.Norm, "bn1").Relu("relu1") : x;

    /// <summary>Adds the block's input to a branch, or a shortcut computed from <paramref name="source"/> if the shape changes.</summary>
    private static Value AddShortcut(this Value branch, Value input, Value source, ResidualBlockOptions options, bool normalized)
    {
        if (options.Shortcut == Shortcut.None)
        {
            return branch;
        }

        bool identity = options.Stride == 1 && input.Channels == branch.Channels;
        return branch.Add("add", identity ? input : source.In("downsample", x => Reshape(x, branch.Channels, options, normalized)));
    }

    private static Value Reshape(Value x, int channels, ResidualBlockOptions options, bool normalized)
    {
        if (options.Shortcut == Shortcut.Projection)
        {
            Value projected = x.Conv1x1("0", channels, options.Stride);
            return normalized ? projected.Normalize(options.Norm, "1") : projected;
        }

        Value seen = options.Stride == 1 ? x : x.AveragePool("subsample", 1, options.Stride); // a 1x1 window with a stride selects every second pixel
        int added = channels - x.Channels;
        return seen.PadChannels("pad", added / 2, added - (added / 2));
    }

    private static (int First, int Second) Strides(ResidualBlockOptions options) =>
        options.StrideIn == StridePlacement.In1x1 ? (options.Stride, 1) : (1, options.Stride);

    private static void RequireNothingOfBottlenecks(ResidualBlockOptions options)
    {
        if (options.Groups != 1 || options.WidthPerGroup != ResidualBlockOptions.UsualWidthPerGroup || options.Dilation != 1)
        {
            GraphException.Throw("basic block", $"expected 1 group, a width per group of {ResidualBlockOptions.UsualWidthPerGroup} and dilation 1 (only bottlenecks have others), "
                + $"found {options.Groups} group(s), width per group {options.WidthPerGroup} and dilation {options.Dilation}");
        }
    }
}
