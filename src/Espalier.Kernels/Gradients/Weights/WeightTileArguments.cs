namespace Espalier.Kernels;

/// <summary>Pointers and strides of one tile of a weight gradient: up to 14 rows of weights by one or two vectors of output channels.</summary>
/// <remarks>
/// A row belongs to one input channel of one kernel position. Consecutive rows are neighbours in the input's memory: channels of a block, then
/// those of the kernel position to the right. All strides are in floats.
/// </remarks>
internal unsafe struct WeightTileArguments
{
    /// <summary>The first row's input of the first pixel.</summary>
    public float* Input;

    /// <summary>The output gradient of the first pixel, first vector.</summary>
    public float* Gradient;

    /// <summary>[rows][vectors x lanes]: the sums over the pixels are added to this memory.</summary>
    public float* Sums;

    /// <summary>From the first vector of the output gradient to the second.</summary>
    public nint GradientBlockStride;

    /// <summary>From one row's input to the next one's, for inputs that are read by vectors.</summary>
    public nint RowStride;

    /// <summary>From one output pixel's input to the next one's.</summary>
    public nint PixelStride;

    /// <summary>From the input of one line of pixels to the next one's.</summary>
    public nint InputLineStride;

    /// <summary>From one line of pixels of the output gradient to the next.</summary>
    public nint GradientLineStride;

    /// <summary>From one image of the input to the next.</summary>
    public nint InputImageStride;

    /// <summary>From one image of the output gradient to the next.</summary>
    public nint GradientImageStride;

    /// <summary>Number of images.</summary>
    public int Images;

    /// <summary>Lines of each image.</summary>
    public int Lines;

    /// <summary>Floats of a line of the output gradient's vectors: pixels x lanes.</summary>
    public nint LineLength;
}
