using System.Collections.Immutable;
using Espalier.Graphs;
using Espalier.Imaging;
using Espalier.Tensors;

namespace Espalier.Data;

/// <summary>Converts an image to a network's input: transforms in order, then normalized floats per channel, then random erasing.</summary>
/// <remarks>Floats are those of torchvision's <c>ToTensor</c> and <c>Normalize</c>, bit for bit. Safe to share between threads.</remarks>
public sealed class InputPipeline
{
    private const int ByteValues = 256;

    private readonly float[] _table; // from (channel, byte) to float

    /// <summary>Creates a pipeline for inputs of one shape.</summary>
    /// <param name="shape">The network's input shape: channels (3, or 1 for gray) x height x width. The transforms must give every image that height and width.</param>
    /// <param name="normalization">Means and standard deviations of those channels.</param>
    /// <param name="transforms">The transforms, applied in order.</param>
    /// <exception cref="ArgumentException">The shape is not that of an image, or the normalization has a different number of channels.</exception>
    public InputPipeline(Shape shape, Normalization normalization, params ReadOnlySpan<IImageTransform> transforms)
    {
        ArgumentNullException.ThrowIfNull(normalization);
        if (shape.Rank != 3 || shape[0] is not (1 or Image.Channels) || shape.Count == 0)
        {
            throw new ArgumentException($"An input shape must be 3 x height x width or 1 x height x width; got {shape}.", nameof(shape));
        }

        if (normalization.Refusal(shape) is string refusal)
        {
            throw new ArgumentException($"Inputs of {shape} cannot be normalized: {refusal}.", nameof(normalization));
        }

        Shape = shape;
        Normalization = normalization;
        Transforms = [.. transforms];
        _table = new float[shape[0] * ByteValues];
        for (int i = 0; i < _table.Length; i++)
        {
            _table[i] = normalization.Of((byte)i, i / ByteValues);
        }
    }

    /// <summary>Creates the pipeline for a model from its preprocessing.</summary>
    /// <exception cref="EspalierException">The model has no preprocessing, its input is not an image, or its preprocessing does not match its input.</exception>
    public static InputPipeline Of(Model model)
    {
        ArgumentNullException.ThrowIfNull(model);
        Preprocessing preprocessing = model.Metadata.Preprocessing ?? throw new EspalierException("the model does not say how images become inputs");
        return Create(preprocessing, model.Graph.ShapeOf(model.Graph.Input.Name));
    }

    /// <summary>Creates the pipeline for one network.</summary>
    /// <param name="preprocessing">The network's preprocessing.</param>
    /// <param name="input">The network's input shape: channels x height x width. If the crop has a different size, that size is used.</param>
    /// <exception cref="EspalierException">The network's input is not an image, or the preprocessing does not match it.</exception>
    public static InputPipeline Create(Preprocessing preprocessing, Shape input)
    {
        ArgumentNullException.ThrowIfNull(preprocessing);
        if (input.Rank != 3 || input[0] is not (1 or Image.Channels))
        {
            throw new EspalierException($"the network takes inputs of {input}, which are not colour or gray images");
        }

        Shape shape = preprocessing.Crop is Size crop ? [input[0], crop.Height, crop.Width] : input;
        return preprocessing.Normalization.Refusal(shape) is string refusal
            ? throw new EspalierException(refusal)
            : new InputPipeline(shape, preprocessing.Normalization, [.. PreprocessingTransforms.Of(preprocessing, shape)]);
    }

    /// <summary>The shape of every input: channels x height x width.</summary>
    public Shape Shape { get; }

    /// <summary>Means and standard deviations of the inputs.</summary>
    public Normalization Normalization { get; }

    /// <summary>The transforms, in order.</summary>
    public ImmutableArray<IImageTransform> Transforms { get; }

    /// <summary>Random erasing applied to the normalized input, or <see langword="null"/> for none.</summary>
    public RandomErasing? Erasing { get; init; }

    /// <summary>Converts an image to an input.</summary>
    /// <param name="pixels">The image, which the transforms modify.</param>
    /// <param name="random">Random numbers of this sample and epoch. Each transform gets its own stream, so adding one at the end does not change the others.</param>
    /// <param name="destination">As many floats as <see cref="Shape"/> has elements.</param>
    /// <exception cref="EspalierException">The transforms give the image a different size.</exception>
    public void Run(PixelBuffer pixels, CounterRandom random, Span<float> destination)
    {
        ArgumentNullException.ThrowIfNull(pixels);
        for (int i = 0; i < Transforms.Length; i++)
        {
            Transforms[i].Apply(pixels, random.Stream((ulong)i));
        }

        if (pixels.Height != Shape[1] || pixels.Width != Shape[2])
        {
            throw new EspalierException($"the image has {pixels.Width}x{pixels.Height} pixels after its transforms, expected {Shape[2]}x{Shape[1]}");
        }

        Normalize(pixels.Pixels, destination);
        Erasing?.Apply(destination, Shape, random.Stream("erasing"));
    }

    /// <summary>Converts an image to an input tensor of shape <see cref="Shape"/>, with the random numbers of seed 0.</summary>
    public Tensor Run(Image image)
    {
        var pixels = new PixelBuffer();
        pixels.Set(image);
        Tensor input = Tensor.Zeros(Shape);
        Run(pixels, new CounterRandom(0), input.Write<float>());
        return input;
    }

    private void Normalize(ReadOnlySpan<byte> pixels, Span<float> destination)
    {
        int plane = Shape[1] * Shape[2];
        if (Shape[0] == 1)
        {
            for (int i = 0; i < plane; i++)
            {
                destination[i] = _table[Luma.Of(pixels.Slice(i * Image.Channels, Image.Channels))];
            }
        }
        else
        {
            for (int channel = 0; channel < Image.Channels; channel++)
            {
                ReadOnlySpan<float> table = _table.AsSpan(channel * ByteValues, ByteValues);
                Span<float> to = destination.Slice(channel * plane, plane);
                for (int i = 0, from = Normalization.Colour(channel); i < to.Length; i++, from += Image.Channels)
                {
                    to[i] = table[pixels[from]];
                }
            }
        }

        SubtractMeanImage(destination, plane);
    }

    private void SubtractMeanImage(Span<float> destination, int plane)
    {
        ReadOnlySpan<float> image = Normalization.MeanImage.Items.AsSpan();
        for (int i = 0; i < image.Length; i++)
        {
            destination[i] -= image[i] / Normalization.StandardDeviation[i / plane];
        }
    }
}
