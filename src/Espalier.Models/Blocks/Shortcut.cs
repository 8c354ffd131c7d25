namespace Espalier.Models;

/// <summary>How a residual block carries its input past its branch (He 2015, §3.3). Where the shape stays, both kinds are the identity.</summary>
public enum Shortcut
{
    /// <summary>Option B: where the shape changes, a strided 1x1 convolution.</summary>
    Projection,

    /// <summary>Option A: where the shape changes, every second pixel, and zeros for the new channels, half of them on each side. No parameters.</summary>
    PaddedIdentity,

    /// <summary>None: a plain network, the twin that shows what shortcuts are good for.</summary>
    None,
}
