namespace Espalier.Models;

/// <summary>The first layers of a ResNet.</summary>
public enum ResNetStem
{
    /// <summary>A 7x7 convolution and a 3x3 max pool, both of stride 2, which divide the size by 4; for large images (He 2015, table 1).</summary>
    Large,

    /// <summary>A 3x3 convolution that keeps the size; for images of 32 pixels (He 2015, §4.2).</summary>
    Small,
}
