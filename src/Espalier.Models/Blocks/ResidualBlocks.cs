using Espalier.Graphs;

namespace Espalier.Models;

/// <summary>Functions that build residual blocks in the current scope, with torchvision's names: <c>x.In("layer1.0", x => x.BasicBlock(new(64)))</c>.</summary>
public static class ResidualBlocks
{
    /// <summary>Two 3x3 convolutions and a shortcut (He 2015, figure 5 left).</summary>
    /// <exception cref="GraphException">The options have groups, a width per group, a dilation or an inner reduction, which only bottlenecks support.</exception>
    public static Value BasicBlock(this Value x, ResidualBlockOptions options)
    {
        RequireNothingOfBottlenecks(options);
        ResNetNames names = options.Names;
        Value branch = x
            .Spatial(options, number: 1, options.Width, options.Stride)
            .Convolution(options, names.Convolution(2), options.Width, 3).Normalize(options.Norm, names.Norm(2));
        return (options.ActivatesBranch ? branch.Relu("relu_branch") : branch).Attend(options)
            .AddShortcut(x, x, options, normalized: true).Relu("relu2");
    }

    /// <summary>1x1, 3x3 and 1x1 convolution and a shortcut (He 2015, figure 5 right), with groups as in ResNeXt (Xie 2017, figure 3c).</summary>
    /// <exception cref="GraphException">The options are invalid.</exception>
    public static Value Bottleneck(this Value x, ResidualBlockOptions options)
    {
        options.Check("bottleneck");
        RequirePoolable(options);
        int channels = checked(options.Width * ResidualBlockOptions.Expansion);
        options = options with { ChangesShape = options.Stride != 1 || x.Channels != channels };
        ResNetNames names = options.Names;
        (int first, int second) = Strides(options);
        return x
            .Convolution(options, names.Convolution(1), options.FirstWidth(), 1, first).Normalize(options.Norm, names.Norm(1)).Relu("relu1")
            .Spatial(options, number: 2, options.InnerWidth, second)
            .Convolution(options, names.Convolution(3), channels, 1).Normalize(options.Norm, names.Norm(3)).Attend(options)
            .AddShortcut(x, x, options, normalized: true).Relu("relu3");
    }

    /// <summary>The pre-activation basic block: norm and ReLU come before each convolution, and the shortcut has neither (He 2016, figure 4e).</summary>
    /// <exception cref="GraphException">The options have groups, a width per group, a dilation or an inner reduction, which only bottlenecks support, or something that only blocks with activation at the end do.</exception>
    public static Value PreActivationBasicBlock(this Value x, ResidualBlockOptions options)
    {
        RequireNothingOfBottlenecks(options);
        RequireNothingOfPostActivation(options);
        ResNetNames names = options.Names;
        Value active = PreActivate(x, options);
        return active
            .Convolution(options, names.Convolution(1), options.Width, 3, options.Stride)
            .Normalize(options.Norm, names.Norm(2)).Relu("relu2").Convolution(options, names.Convolution(2), options.Width, 3).Attend(options)
            .AddShortcut(x, active, options, normalized: false);
    }

    /// <summary>The pre-activation bottleneck: norm and ReLU come before each convolution (He 2016).</summary>
    /// <exception cref="GraphException">The options have something that only blocks with activation at the end support.</exception>
    public static Value PreActivationBottleneck(this Value x, ResidualBlockOptions options)
    {
        options.Check("bottleneck");
        RequireNothingOfPostActivation(options);
        ResNetNames names = options.Names;
        (int first, int second) = Strides(options);
        Value active = PreActivate(x, options);
        return active
            .Convolution(options, names.Convolution(1), options.FirstWidth(), 1, first)
            .Normalize(options.Norm, names.Norm(2)).Relu("relu2").Convolution(options, names.Convolution(2), options.InnerWidth, 3, second, options.Dilation, options.Groups)
            .Normalize(options.Norm, names.Norm(3)).Relu("relu3").Convolution(options, names.Convolution(3), options.Width * ResidualBlockOptions.Expansion, 1).Attend(options)
            .AddShortcut(x, active, options, normalized: false);
    }

    private static Value PreActivate(Value x, ResidualBlockOptions options) =>
        options.ActivatesInput ? x.Normalize(options.Norm, options.Names.Norm(1)).Relu("relu1") : x;

    private static int FirstWidth(this ResidualBlockOptions options) =>
        options.Spatial == SpatialConvolution.MultiScale ? checked(options.InnerWidth * options.Splits) : options.InnerWidth / options.FirstReduction;

    private static (int First, int Second) Strides(ResidualBlockOptions options) =>
        options.StrideIn == StridePlacement.In1x1 ? (options.Stride, 1) : (1, options.Stride);

    private static void RequireNothingOfBottlenecks(ResidualBlockOptions options)
    {
        options.Check("basic block");
        if (options.Groups != 1 || options.WidthPerGroup != ResidualBlockOptions.UsualWidthPerGroup || options.Dilation != 1)
        {
            GraphException.Throw("basic block", $"expected 1 group, a width per group of {ResidualBlockOptions.UsualWidthPerGroup} and dilation 1 (only bottlenecks have others), "
                + $"found {options.Groups} group(s), width per group {options.WidthPerGroup} and dilation {options.Dilation}");
        }

        if (options.FirstReduction != 1 || options.Spatial is SpatialConvolution.MultiScale or SpatialConvolution.SplitAttention || options.Pooling is Pooling.AverageBefore or Pooling.AverageAfter)
        {
            GraphException.Throw("basic block", "a reduction of the first convolution, several scales, split attention and their pools are parts of bottlenecks");
        }
    }

    private static void RequirePoolable(ResidualBlockOptions options)
    {
        if (options.Pooling != Pooling.Strided && (options.StrideIn == StridePlacement.In1x1 || options.Spatial == SpatialConvolution.MultiScale))
        {
            GraphException.Throw("bottleneck", $"expected strided pooling, since the pool takes the place of the stride of a single 3x3 convolution, found {options.Pooling} with the stride {options.StrideIn} and {options.Spatial}");
        }
    }

    private static void RequireNothingOfPostActivation(ResidualBlockOptions options)
    {
        if (options.Pooling != Pooling.Strided || options.Spatial != SpatialConvolution.Single)
        {
            GraphException.Throw("pre-activation block", $"expected a single strided convolution, since pools and parts come after an activation, found {options.Pooling} and {options.Spatial}");
        }
    }
}
