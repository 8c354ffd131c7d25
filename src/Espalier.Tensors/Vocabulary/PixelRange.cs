namespace Espalier.Tensors;

/// <summary>What a pixel's byte is taken for before a mean is subtracted.</summary>
public enum PixelRange
{
    /// <summary>0…1, the byte divided by 255: torchvision's <c>ToTensor</c>.</summary>
    Unit,

    /// <summary>0…255, the byte as it is: of networks trained with Caffe, and of some of Keras'.</summary>
    Byte,
}
