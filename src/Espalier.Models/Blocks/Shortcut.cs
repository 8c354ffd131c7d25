namespace Espalier.Models;

/// <summary>The kind of a residual block's shortcut (He 2015, §3.3). If the shape is kept, all are the identity, but for <see cref="None"/>.</summary>
public enum Shortcut
{
    /// <summary>Option B: a strided 1x1 convolution if the shape changes.</summary>
    Projection,

    /// <summary>Option A: if the shape changes, every second pixel, and zeros for the additional channels, half of them before and half after the others. It has no parameters.</summary>
    PaddedIdentity,

    /// <summary>No shortcut: a plain network, for comparison.</summary>
    None,

    /// <summary>A 2x2 average pool if the size changes, then a 1x1 convolution if the shape does (He 2018, "Bag of tricks for image classification", ResNet-D).</summary>
    AveragePool,

    /// <summary>A strided 3x3 convolution if the size changes, a 1x1 if the channels alone do (Hu 2018, SENet-154).</summary>
    WideProjection,
}
