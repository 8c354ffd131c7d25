using System.Collections.Immutable;
using Espalier.Graphs;
using Espalier.Imaging;
using Espalier.Tensors;

namespace Espalier.Data;

/// <summary>How a picture becomes a network's input: transforms one after another, then floats normalised channel by channel, then what is done to those.</summary>
/// <remarks>Floats are those of torchvision's <c>ToTensor</c> and <c>Normalize</c>, bit for bit. Safe to share between threads.</remarks>
public sealed class InputPipeline
{
    private const int ByteValues = 256;

    private readonly float[] _table; // channel, byte → float

    /// <summary>A pipeline for inputs of one shape.</summary>
    /// <param name="shape">Of a network's input: channels (3, or 1 for gray) x height x width. Every picture must come out of the transforms with that height and width.</param>
    /// <param name="normalization">Of as many channels.</param>
    /// <param name="transforms">What is done to the picture, in order.</param>
    /// <exception cref="ArgumentException">Shape and normalization do not fit each other or pictures.</exception>
    public InputPipeline(Shape shape, Normalization normalization, params ReadOnlySpan<IImageTransform> transforms)
    {
        ArgumentNullException.ThrowIfNull(normalization);
        if (shape.Rank != 3 || shape[0] is not (1 or Image.Channels) || shape.Count == 0)
        {
            throw new ArgumentException($"Pictures become inputs of 3 x height x width, or of 1 x height x width; got {shape}.", nameof(shape));
        }

        if (normalization.Refusal(shape) is string refusal)
        {
            throw new ArgumentException($"Inputs of {shape} cannot be normalised: {refusal}.", nameof(normalization));
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

    /// <summary>The pipeline of a model that says how its images are prepared.</summary>
    /// <exception cref="EspalierException">It does not, takes no images, or what it says does not fit its input.</exception>
    public static InputPipeline Of(Model model)
    {
        ArgumentNullException.ThrowIfNull(model);
        Preprocessing preprocessing = model.Metadata.Preprocessing ?? throw new EspalierException("the model does not say how images become inputs");
        return Create(preprocessing, model.Graph.ShapeOf(model.Graph.Input.Name));
    }

    /// <summary>The pipeline for one network.</summary>
    /// <param name="preprocessing">How its images are prepared.</param>
    /// <param name="input">The shape of one sample as the network is built: channels x height x width. A crop of another size stands in for it.</param>
    /// <exception cref="EspalierException">The network does not take images, or the preprocessing does not fit it.</exception>
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

    /// <summary>What the floats are.</summary>
    public Normalization Normalization { get; }

    /// <summary>What is done to a picture, in order.</summary>
    public ImmutableArray<IImageTransform> Transforms { get; }

    /// <summary>What is blanked in the finished input, if anything.</summary>
    public RandomErasing? Erasing { get; init; }

    /// <summary>Makes an input of a picture.</summary>
    /// <param name="pixels">The picture; the transforms change it.</param>
    /// <param name="random">Numbers for this sample and this epoch alone. Each transform gets a stream of its own, so one more at the end leaves the others as they were.</param>
    /// <param name="destination">As many floats as <see cref="Shape"/> has.</param>
    /// <exception cref="EspalierException">The picture comes out with another size.</exception>
    public void Run(PixelBuffer pixels, CounterRandom random, Span<float> destination)
    {
        ArgumentNullException.ThrowIfNull(pixels);
        for (int i = 0; i < Transforms.Length; i++)
        {
            Transforms[i].Apply(pixels, random.Stream((ulong)i));
        }

        if (pixels.Height != Shape[1] || pixels.Width != Shape[2])
        {
            throw new EspalierException($"the image is {pixels.Width}x{pixels.Height} once prepared, expected {Shape[2]}x{Shape[1]}");
        }

        Normalize(pixels.Pixels, destination);
        Erasing?.Apply(destination, Shape, random.Stream("erasing"));
    }

    /// <summary>Makes an input of a picture, with the random numbers of seed 0.</summary>
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
