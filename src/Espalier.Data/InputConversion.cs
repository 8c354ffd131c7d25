using Espalier.Imaging;
using Espalier.Tensors;

namespace Espalier.Data;

/// <summary>Converts the inputs of one network to those of another: the same cropped and augmented images, with a different size and normalization. Used to feed a teacher with a student's batch.</summary>
internal sealed class InputConversion
{
    private readonly Shape _from;
    private readonly Shape _to;
    private readonly Normalization _source;
    private readonly InputPipeline _target;
    private readonly float[] _scale; // per channel of the target, used when the size does not change
    private readonly float[] _shift;

    /// <summary>Creates a conversion of batches.</summary>
    /// <param name="from">The pipeline of the existing inputs.</param>
    /// <param name="shape">The other network's input shape: channels x height x width, with the same number of channels.</param>
    /// <param name="normalization">The other network's normalization.</param>
    /// <exception cref="EspalierException">One network has gray inputs and the other colour inputs.</exception>
    public InputConversion(InputPipeline from, Shape shape, Normalization normalization)
    {
        ArgumentNullException.ThrowIfNull(from);
        ArgumentNullException.ThrowIfNull(normalization);
        if (shape.Rank != 3 || shape[0] != from.Shape[0])
        {
            throw new EspalierException($"inputs of {from.Shape} cannot be converted to inputs of {shape}: expected colour images for both or gray images for both");
        }

        (_from, _to, _source) = (from.Shape, shape, from.Normalization);
        _target = new InputPipeline(shape, normalization);
        _scale = new float[shape[0]];
        _shift = new float[shape[0]];
        for (int channel = 0; channel < shape[0]; channel++)
        {
            int source = SourceChannel(channel);
            double unit = (double)normalization.Unit / _source.Unit; // from the source's range to the target's
            double scale = 1 / unit;
            _scale[channel] = (float)(scale * _source.StandardDeviation[source] / normalization.StandardDeviation[channel]);
            _shift[channel] = (float)(((scale * _source.Mean[source]) - normalization.Mean[channel]) / normalization.StandardDeviation[channel]);
        }
    }

    /// <summary>Whether size and normalization are the same, so that nothing is converted.</summary>
    public bool IsIdentity => _from == _to && _source.Order == Target.Order && _source.MeanImage == Target.MeanImage
        && Array.TrueForAll(_scale, scale => scale == 1) && Array.TrueForAll(_shift, shift => shift == 0);

    private Normalization Target => _target.Normalization;

    /// <summary>Converts a batch of inputs.</summary>
    /// <param name="images">Inputs of the first network as float32, [count, channels, height, width].</param>
    /// <returns>Inputs of the other network as float32, [count, channels, height, width]; the same tensor if nothing is converted. If the size differs, images are rounded to bytes and resized as torchvision does (bilinear, antialiased).</returns>
    public Tensor Run(Tensor images)
    {
        ArgumentNullException.ThrowIfNull(images);
        if (IsIdentity)
        {
            return images;
        }

        int count = images.Shape[0];
        Tensor result = Tensor.Zeros(_to.Prepend(count));
        int taken = (int)_from.Count, made = (int)_to.Count;
        Parallel.For(0, count, i =>
        {
            ReadOnlySpan<float> image = images.Read<float>().Slice(i * taken, taken);
            Span<float> input = result.Write<float>().Slice(i * made, made);
            if (_from == _to)
            {
                Normalize(image, input);
            }
            else
            {
                Resize(image, input);
            }
        });

        return result;
    }

    /// <summary>The source channel that has the same colour as a channel of the target.</summary>
    private int SourceChannel(int channel) => _source.Colour(Target.Colour(channel)); // an order is its own inverse

    private void Normalize(ReadOnlySpan<float> image, Span<float> input)
    {
        int plane = image.Length / _scale.Length;
        for (int i = 0; i < input.Length; i++)
        {
            int channel = i / plane;
            input[i] = (image[(SourceChannel(channel) * plane) + (i % plane)] * _scale[channel]) + _shift[channel];
        }

        AddMeanImages(input, plane);
    }

    /// <summary>Adds the source's mean image and subtracts the target's.</summary>
    private void AddMeanImages(Span<float> input, int plane)
    {
        ReadOnlySpan<float> source = _source.MeanImage.Items.AsSpan(), target = Target.MeanImage.Items.AsSpan();
        if (source.IsEmpty && target.IsEmpty)
        {
            return;
        }

        for (int i = 0; i < input.Length; i++)
        {
            int channel = i / plane;
            float back = source.IsEmpty ? 0 : source[(SourceChannel(channel) * plane) + (i % plane)] * _source.Unit / Target.Unit;
            input[i] += (back - (target.IsEmpty ? 0 : target[i])) / Target.StandardDeviation[channel];
        }
    }

    private void Resize(ReadOnlySpan<float> image, Span<float> input)
    {
        Image resized = InputImage.Of(image, _from, _source).Resize(_to[2], _to[1]);
        _target.Run(resized).Read<float>().CopyTo(input);
    }
}
