namespace Espalier.Surgery;

/// <summary>The kind of a residual block's shortcut (He 2015, §3.3).</summary>
public enum ShortcutKind
{
    /// <summary>The identity.</summary>
    Identity,

    /// <summary>A convolution, with or without a norm (option B).</summary>
    Projection,

    /// <summary>A change of shape without parameters: every second pixel, and channels of zeros (option A).</summary>
    PaddedIdentity,
}
