namespace Espalier.Models;

/// <summary>The kind of a residual block's shortcut (He 2015, §3.3). If the shape is kept, options A and B are both the identity.</summary>
public enum Shortcut
{
    /// <summary>Option B: a strided 1x1 convolution if the shape changes.</summary>
    Projection,

    /// <summary>Option A: if the shape changes, every second pixel, and zeros for the additional channels, half of them before and half after the others. It has no parameters.</summary>
    PaddedIdentity,

    /// <summary>No shortcut: a plain network, for comparison.</summary>
    None,
}
