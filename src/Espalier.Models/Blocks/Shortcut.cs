namespace Espalier.Models;

/// <summary>The kind of a residual block's shortcut (He 2015, §3.3). Where the shape is kept, options A and B are both the identity.</summary>
public enum Shortcut
{
    /// <summary>Option B: a strided 1x1 convolution where the shape changes.</summary>
    Projection,

    /// <summary>Option A: every second pixel, and zeros for the additional channels, half of them on each side, where the shape changes. No parameters.</summary>
    PaddedIdentity,

    /// <summary>No shortcut: a plain network, to compare with.</summary>
    None,
}
