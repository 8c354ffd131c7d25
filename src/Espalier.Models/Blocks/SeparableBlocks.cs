using Espalier.Graphs;

namespace Espalier.Models;

/// <summary>Blocks with depthwise convolutions.</summary>
public static class SeparableBlocks
{
    /// <summary>A depthwise 3x3 and a pointwise 1x1 convolution, each with norm and ReLU (Howard 2017, "MobileNets", figure 3).</summary>
    public static Value DepthwiseSeparable(this Value x, int channels, int stride = 1, Norm? norm = null)
    {
        norm ??= Norms.Batch;
        return x
            .Depthwise3x3("depthwise", stride).Normalize(norm, "bn1").Relu("relu1")
            .Conv1x1("pointwise", channels).Normalize(norm, "bn2").Relu("relu2");
    }

    /// <summary>
    /// Inverted residual: a 1x1 that expands, a depthwise 3x3, and a 1x1 that reduces without activation; with a shortcut if the shape is kept (Sandler 2018,
    /// "MobileNetV2", figure 4). Names are torchvision's: <c>conv.0.0</c> ….
    /// </summary>
    /// <param name="x">The input.</param>
    /// <param name="channels">Output channels.</param>
    /// <param name="stride">Stride of the depthwise convolution.</param>
    /// <param name="expansion">Inner channels divided by input channels; 1 omits the first 1x1.</param>
    /// <param name="norm">The norm after each convolution; batch norm by default.</param>
    public static Value InvertedResidual(this Value x, int channels, int stride = 1, int expansion = 6, Norm? norm = null)
    {
        norm ??= Norms.Batch;
        Value branch = x.In("conv", x =>
        {
            int layer = 0;
            Value wide = expansion == 1 ? x : x.In($"{layer++}", x => x.Conv1x1("0", checked(x.Channels * expansion)).Normalize(norm, "1").Relu6("2"));
            return wide
                .In($"{layer++}", x => x.Depthwise3x3("0", stride).Normalize(norm, "1").Relu6("2"))
                .Conv1x1($"{layer++}", channels).Normalize(norm, $"{layer}");
        });
        return stride == 1 && x.Channels == channels ? branch.Add("add", x) : branch;
    }
}
