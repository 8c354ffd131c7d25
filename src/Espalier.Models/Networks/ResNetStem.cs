namespace Espalier.Models;

/// <summary>The first layers of a ResNet.</summary>
public enum ResNetStem
{
    /// <summary>A 7x7 convolution and a 3x3 max pool, both of stride 2, which divide the size by 4; for large images (He 2015, table 1).</summary>
    Large,

    /// <summary>A 3x3 convolution that keeps the size; for images of 32 pixels (He 2015, §4.2).</summary>
    Small,

    /// <summary>Three 3x3 convolutions instead of the 7x7, the first two with half of the channels (He 2018, "Bag of tricks for image classification", ResNet-C).</summary>
    Deep,

    /// <summary>The same, with three eighths of the channels in the first: timm's networks whose names end with <c>t</c>.</summary>
    DeepTiered,
}
