namespace Espalier.Tensors;

/// <summary>The range of pixel values before means are subtracted.</summary>
public enum PixelRange
{
    /// <summary>0…1: the byte divided by 255, as torchvision's <c>ToTensor</c> does.</summary>
    Unit,

    /// <summary>0…255: the byte unchanged, for networks trained with Caffe and some of Keras'.</summary>
    Byte,
}
