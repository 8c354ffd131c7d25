namespace Espalier.Models;

/// <summary>What halves the size a second time in the first layers of a ResNet for large images.</summary>
public enum ResNetStemPool
{
    /// <summary>A 3x3 max pool of stride 2 (He 2015, table 1).</summary>
    Max,

    /// <summary>A 3x3 max pool without padding, whose output size is rounded up, as in Caffe (Hu 2018).</summary>
    MaxCeiling,

    /// <summary>A 3x3 max pool of the map with a border of zeros (Kolesnikov 2019, "Big Transfer").</summary>
    MaxOfZeroPadded,

    /// <summary>A 3x3 convolution of stride 2 with norm and ReLU (Bello 2021, "Revisiting ResNets").</summary>
    Convolution,
}
