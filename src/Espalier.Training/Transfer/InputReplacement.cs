using System.Globalization;
using Espalier.Graphs;
using Espalier.Surgery;
using Espalier.Tensors;

namespace Espalier.Training;

/// <summary>Changes the size or the number of channels of a trained network's input, for fine-tuning at another resolution or on gray images.</summary>
/// <remarks>
/// Another size needs no new weights in a network that ends with global pooling. For another number of channels the convolutions that read the input are adapted: for one channel their weights are summed over the old channels, so that a gray image
/// gets the outputs that it would get as three equal channels (up to the different normalization of these); for more channels the old ones are repeated in turn and divided by the number of repetitions, so that the sum over the channels stays.
/// Masks are dropped from convolutions whose weights change, and standardized weights become the convolution's own (<see cref="StandardizationRemoval"/>).
/// </remarks>
/// <param name="channels">The number of channels.</param>
/// <param name="size">Height and width in pixels.</param>
public sealed class InputReplacement(int channels, Size size) : Pass
{
    /// <inheritdoc/>
    public override string Name => "replace input";

    /// <inheritdoc/>
    public override Promise Promise => Promise.Lossy;

    /// <inheritdoc/>
    /// <exception cref="GraphException">A node other than a convolution without groups reads the input, so that its channels cannot change, or the network does not accept the size.</exception>
    public override PassPlan Plan(Model model)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentOutOfRangeException.ThrowIfLessThan(channels, 1);
        Graph graph = model.Graph;
        FeatureMap before = FeatureMap.Of(graph.ShapeOf(graph.Input.Name));
        if (!Changes(model))
        {
            return new PassPlan([], []);
        }

        Patch patch = new Patch($"input {before.Channels}x{before.Height}x{before.Width} becomes {channels}x{size.Height}x{size.Width}").Put(graph.Input with { Op = new Input([channels, size.Height, size.Width]) });
        foreach (Node reader in channels == before.Channels ? [] : graph.UsersOf(graph.Input.Name))
        {
            if (reader.Op is not Conv2d { Groups: 1 })
            {
                throw new GraphException(reader.Name, $"it reads the input and is {reader.Op}; the input's channels can change if only convolutions without groups read it");
            }

            if (QuantizedLayer.Is(reader.Op))
            {
                throw new GraphException(reader.Name, "it reads the input and has quantized weights: change the input's channels before the network is quantized");
            }

            string weight = reader.Parameter("weight");
            (Op used, Parameter parameter) = StandardizedWeights.Written(model, reader);
            patch = patch.Put(reader with { Op = (Conv2d)used with { InChannels = channels } }).Set(weight, parameter with { Value = Adapt(parameter.Effective, channels), Mask = null });
        }

        return new PassPlan([patch], []);
    }

    /// <inheritdoc/>
    public override ValueList<LineageSetting> SettingsOf(PassPlan plan) => [new("input", string.Create(CultureInfo.InvariantCulture, $"{channels}x{size.Height}x{size.Width}"))];

    /// <summary>Whether the model has another input.</summary>
    public bool Changes(Model model)
    {
        ArgumentNullException.ThrowIfNull(model);
        return model.Graph.ShapeOf(model.Graph.Input.Name) != [channels, size.Height, size.Width];
    }

    /// <summary>Returns the model with the new input. Its preprocessing resizes in the same proportion to the crop as before, and means and deviations are averaged for one channel or repeated for several.</summary>
    /// <param name="model">A model that reads images.</param>
    /// <exception cref="GraphException">The input cannot be changed; see <see cref="Plan"/>.</exception>
    public Model Apply(Model model)
    {
        ArgumentNullException.ThrowIfNull(model);
        FeatureMap before = FeatureMap.Of(model.Graph.ShapeOf(model.Graph.Input.Name));
        if (model.Metadata.Preprocessing?.Normalization.MeanImage.Count > 0)
        {
            throw new GraphException(model.Graph.Input.Name, "the preprocessing subtracts a mean image of the present input, so that the input cannot be changed");
        }

        Model changed = model.ApplyAndRecord(this);
        return changed.Metadata.Preprocessing is { } usual ? changed.With(changed.Metadata with { Preprocessing = Adapt(usual, before.Size) }) : changed;
    }

    private Preprocessing Adapt(Preprocessing usual, Size before) => usual with
    {
        Resize = usual.Resize is int side ? (int)Math.Round((double)side * Math.Min(size.Height, size.Width) / Math.Min(before.Height, before.Width)) : null,
        Stretch = usual.Stretch is null ? null : new Size(Scale(usual.Stretch.Value.Height, size.Height, before.Height), Scale(usual.Stretch.Value.Width, size.Width, before.Width)),
        Crop = usual.Crop is null && usual.Stretch is not null ? null : size,
        Normalization = usual.Normalization.Channels == channels && size == before
            ? usual.Normalization
            : usual.Normalization with { Mean = Adapt(usual.Normalization.Mean), StandardDeviation = Adapt(usual.Normalization.StandardDeviation), MeanImage = [] },
    };

    private static int Scale(int side, int now, int before) => (int)Math.Round((double)side * now / before);

    private ValueList<float> Adapt(ValueList<float> statistics) =>
        statistics.Count == channels ? statistics
        : channels == 1 ? [statistics.Average()]
        : ValueList.From(Enumerable.Range(0, channels).Select(channel => statistics[channel % statistics.Count]));

    /// <summary>The weights of a convolution for another number of input channels.</summary>
    private static Tensor Adapt(Tensor weight, int channels)
    {
        (int outputs, int before) = (weight.Shape[0], weight.Shape[1]);
        int positions = (int)(weight.Shape.Count / ((long)outputs * before));
        ReadOnlySpan<float> old = weight.To(ElementType.Float32).Read<float>();
        var adapted = Tensor.Zeros([outputs, channels, .. weight.Shape.Extents.Skip(2)]);
        Span<float> now = adapted.Write<float>();
        for (int output = 0; output < outputs; output++)
        {
            for (int channel = 0; channel < Math.Max(before, channels); channel++)
            {
                double repetitions = Math.Ceiling((double)(channels - (channel % before)) / before); // of this old channel among the new ones
                for (int position = 0; position < positions; position++)
                {
                    float value = old[(((output * before) + (channel % before)) * positions) + position];
                    now[(((output * channels) + (channel % channels)) * positions) + position] += channels <= before ? value : (float)(value / repetitions);
                }
            }
        }

        return adapted;
    }
}
