namespace Espalier.Surgery;

/// <summary>How a residual block carries its input past its branch (He 2015, §3.3).</summary>
public enum ShortcutKind
{
    /// <summary>As it is.</summary>
    Identity,

    /// <summary>Through a convolution, with or without a norm (option B).</summary>
    Projection,

    /// <summary>Without parameters where the shape changes: some of the pixels, channels of zeros (option A).</summary>
    PaddedIdentity,
}
