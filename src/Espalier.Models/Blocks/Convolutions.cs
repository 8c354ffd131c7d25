using Espalier.Graphs;

namespace Espalier.Models;

/// <summary>The convolutions of residual networks, padded so that stride 1 keeps the size.</summary>
internal static class Convolutions
{
    /// <summary>A 3x3 convolution without bias; the padding equals the dilation.</summary>
    internal static Value Conv3x3(this Value x, string name, int channels, int stride = 1, int dilation = 1, int groups = 1) =>
        x.Conv2d(name, channels, 3, stride, padding: dilation, dilation: dilation, groups: groups);

    /// <summary>A 1x1 convolution without bias.</summary>
    internal static Value Conv1x1(this Value x, string name, int channels, int stride = 1) =>
        x.Conv2d(name, channels, 1, stride);

    /// <summary>A depthwise 3x3 convolution without bias.</summary>
    internal static Value Depthwise3x3(this Value x, string name, int stride = 1) =>
        x.Conv3x3(name, x.Channels, stride, groups: x.Channels);
}
