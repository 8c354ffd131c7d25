using Espalier.Imaging;
using Espalier.Tensors;

namespace Espalier.Data;

/// <summary>Makes the inputs of one network from those of another: the same pictures, cropped and augmented as they are, in its own size and with its own normalization. What a teacher sees of a student's batch.</summary>
public sealed class InputConversion
{
    private const float LargestByte = 255;

    private readonly Shape _from;
    private readonly Shape _to;
    private readonly Normalization _source;
    private readonly InputPipeline _target;
    private readonly float[] _scale; // of each channel of the target, for pictures of one size
    private readonly float[] _shift;

    /// <summary>A conversion of batches.</summary>
    /// <param name="from">Makes the inputs that there are.</param>
    /// <param name="shape">What the other network takes: as many channels x height x width.</param>
    /// <param name="normalization">Of its inputs.</param>
    /// <exception cref="EspalierException">One of them takes gray pictures and the other colour.</exception>
    public InputConversion(InputPipeline from, Shape shape, Normalization normalization)
    {
        ArgumentNullException.ThrowIfNull(from);
        ArgumentNullException.ThrowIfNull(normalization);
        if (shape.Rank != 3 || shape[0] != from.Shape[0])
        {
            throw new EspalierException($"inputs of {from.Shape} cannot become inputs of {shape}: both must be colour images or both gray ones");
        }

        (_from, _to, _source) = (from.Shape, shape, from.Normalization);
        _target = new InputPipeline(shape, normalization);
        _scale = new float[shape[0]];
        _shift = new float[shape[0]];
        for (int channel = 0; channel < shape[0]; channel++)
        {
            int source = SourceChannel(channel);
            double unit = (double)normalization.Unit / _source.Unit; // of the source's numbers in the target's
            double scale = 1 / unit;
            _scale[channel] = (float)(scale * _source.StandardDeviation[source] / normalization.StandardDeviation[channel]);
            _shift[channel] = (float)(((scale * _source.Mean[source]) - normalization.Mean[channel]) / normalization.StandardDeviation[channel]);
        }
    }

    /// <summary>Whether the inputs are the other network's already.</summary>
    public bool IsIdentity => _from == _to && _source.Order == Target.Order && _source.MeanImage == Target.MeanImage
        && Array.TrueForAll(_scale, scale => scale == 1) && Array.TrueForAll(_shift, shift => shift == 0);

    private Normalization Target => _target.Normalization;

    /// <summary>Converts a batch.</summary>
    /// <param name="images">Float32, [count, channels, height, width] of the source.</param>
    /// <returns>Float32, [count, channels, height, width] of the other network; the same tensor where there is nothing to do. Where the size differs, pictures are rounded to bytes and resized as torchvision does (bilinear, antialiased).</returns>
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

    /// <summary>The channel of the source that has the colour of one of the target.</summary>
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

    /// <summary>The source's is put back, the target's taken away.</summary>
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
        int plane = _from[1] * _from[2];
        ReadOnlySpan<float> mean = _source.MeanImage.Items.AsSpan();
        byte[] pixels = new byte[plane * Image.Channels];
        for (int i = 0; i < pixels.Length; i++)
        {
            int channel = _source.Colour(i % Image.Channels % _from[0]); // gray pictures have three equal channels
            int at = (channel * plane) + (i / Image.Channels);
            float value = (image[at] * _source.StandardDeviation[channel]) + _source.Mean[channel] + (mean.IsEmpty ? 0 : mean[at]);
            pixels[i] = (byte)Math.Clamp(MathF.Round(_source.Range == PixelRange.Byte ? value : value * LargestByte), 0, LargestByte);
        }

        Image resized = new Image(_from[2], _from[1], pixels).Resize(_to[2], _to[1]);
        _target.Run(resized).Read<float>().CopyTo(input);
    }
}
