namespace Espalier.Surgery;

/// <summary>The kind of a residual block's shortcut (He 2015, §3.3).</summary>
public enum ShortcutKind
{
    /// <summary>The shortcut is the block's input itself.</summary>
    Identity,

    /// <summary>A convolution, with or without a norm (option B).</summary>
    Projection,

    /// <summary>A change of shape without parameters: subsampled pixels and additional channels of zeros (option A).</summary>
    PaddedIdentity,
}
