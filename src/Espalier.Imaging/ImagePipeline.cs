using System.Buffers;
using Espalier.Imaging.Resampling;
using Espalier.Tensors;

namespace Espalier.Imaging;

/// <summary>
/// Resize, centre crop, convert to float and normalize in one pass: the same floats as the four functions of <see cref="ImageTransforms"/>, without computing pixels outside the crop.
/// </summary>
/// <remarks>Safe to share between threads.</remarks>
public sealed class ImagePipeline
{
    private const int ByteValues = 256;

    private readonly float[] _table;

    /// <summary>Creates a pipeline from the preprocessing of one network.</summary>
    /// <param name="resize">Length of the shorter side after resizing, in pixels, such as 256.</param>
    /// <param name="crop">Side of the square centre crop, in pixels, such as 224.</param>
    /// <param name="mean">Means of red, green and blue, for values from 0 to 1.</param>
    /// <param name="std">Standard deviations of red, green and blue, for values from 0 to 1; none may be zero.</param>
    /// <param name="interpolation">Interpolation used for resizing.</param>
    /// <exception cref="ArgumentException">A size is not positive, or there are not three means and three standard deviations.</exception>
    public ImagePipeline(int resize, int crop, ReadOnlySpan<float> mean, ReadOnlySpan<float> std, Interpolation interpolation = Interpolation.Bilinear)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(resize);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(crop);
        if (mean.Length != Image.Channels || std.Length != Image.Channels)
        {
            throw new ArgumentException($"An image has {Image.Channels} channels; got {mean.Length} means and {std.Length} standard deviations.");
        }

        ResizeTo = resize;
        CropTo = crop;
        Interpolation = interpolation;
        _table = new float[Image.Channels * ByteValues];
        for (int i = 0; i < _table.Length; i++)
        {
            int channel = i / ByteValues;
            _table[i] = ImageTransforms.Normalize(ImageTransforms.ToUnit((byte)i), mean[channel], std[channel]);
        }
    }

    /// <summary>The preprocessing of torchvision's ImageNet networks: resize to 256, crop to 224, bilinear, means .485 .456 .406, standard deviations .229 .224 .225.</summary>
    public static ImagePipeline ImageNet { get; } = new(256, 224, [0.485f, 0.456f, 0.406f], [0.229f, 0.224f, 0.225f]);

    /// <summary>Length of the shorter side after resizing, in pixels.</summary>
    public int ResizeTo { get; }

    /// <summary>Side of the square centre crop, in pixels.</summary>
    public int CropTo { get; }

    /// <summary>Interpolation used for resizing.</summary>
    public Interpolation Interpolation { get; }

    /// <summary>The shape of the output: 3 x crop x crop.</summary>
    public Shape Shape => [Image.Channels, CropTo, CropTo];

    /// <summary>Preprocesses an image into a new float tensor of shape <see cref="Shape"/>.</summary>
    public Tensor Run(Image image)
    {
        Tensor tensor = Tensor.Zeros(Shape);
        Run(image, tensor.Write<float>());
        return tensor;
    }

    /// <summary>Preprocesses an image into existing memory, such as one image's part of a batch.</summary>
    /// <param name="image">An image of any size.</param>
    /// <param name="destination">As many floats as <see cref="Shape"/> has elements: the red, green and blue planes, one after the other.</param>
    /// <exception cref="ArgumentException">The destination has another length.</exception>
    public void Run(Image image, Span<float> destination)
    {
        ArgumentNullException.ThrowIfNull(image);
        if (destination.Length != Image.Channels * CropTo * CropTo)
        {
            throw new ArgumentException($"A {Shape} tensor does not fit {destination.Length} floats.", nameof(destination));
        }

        (int width, int height) = image.View.SizeFor(ResizeTo);
        CropAxis across = CropAxis.Centre(width, CropTo), down = CropAxis.Centre(height, CropTo);
        var region = new PixelRegion(across.Start, down.Start, across.Count, down.Count);
        byte[] pixels = ArrayPool<byte>.Shared.Rent(region.Width * region.Height * Image.Channels);
        try
        {
            Resampler.Resize(image.View, width, height, region, Interpolation, pixels);
            Write(pixels, region, across.Padding, down.Padding, destination);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(pixels);
        }
    }

    private void Write(ReadOnlySpan<byte> pixels, PixelRegion region, int paddingLeft, int paddingTop, Span<float> destination)
    {
        for (int channel = 0; channel < Image.Channels; channel++)
        {
            ReadOnlySpan<float> table = _table.AsSpan(channel * ByteValues, ByteValues);
            Span<float> plane = destination.Slice(channel * CropTo * CropTo, CropTo * CropTo);
            if (region.Width < CropTo || region.Height < CropTo)
            {
                plane.Fill(table[0]); // the border is black before normalization
            }

            for (int y = 0; y < region.Height; y++)
            {
                Span<float> row = plane.Slice(((paddingTop + y) * CropTo) + paddingLeft, region.Width);
                ReadOnlySpan<byte> source = pixels.Slice(y * region.Width * Image.Channels, region.Width * Image.Channels);
                for (int x = 0, from = channel; x < row.Length; x++, from += Image.Channels)
                {
                    row[x] = table[source[from]];
                }
            }
        }
    }
}
