using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Surgery;

/// <summary>The weight of a layer that makes channels, as an <see cref="IChannelCriterion"/> sees it: a filter, or a norm's factor, for each channel.</summary>
public sealed class ChannelWeights
{
    private readonly Tensor _weight;
    private readonly ulong _seed;
    private readonly Func<string, Tensor>? _gradients;

    internal ChannelWeights(Node layer, string name, Tensor weight, ulong seed, Func<string, Tensor>? gradients)
    {
        (Layer, Name, _weight, _seed, _gradients) = (layer, name, weight, seed, gradients);
        Values = Doubles.Of(weight);
    }

    /// <summary>The layer.</summary>
    public Node Layer { get; }

    /// <summary>The weight's name.</summary>
    public string Name { get; }

    /// <summary>Its shape, whose first extent are the channels.</summary>
    public Shape Shape => _weight.Shape;

    /// <summary>How many channels the layer makes.</summary>
    public int Channels => Shape[0];

    /// <summary>The weights, one filter behind the other; 0 where masks have removed one.</summary>
    public double[] Values { get; }

    /// <summary>Random numbers of this layer alone, whatever else is pruned.</summary>
    public CounterRandom Random => new CounterRandom(_seed).Stream(Name);

    /// <summary>The loss's gradient, in the order of <see cref="Values"/>.</summary>
    /// <exception cref="EspalierException">There is none; a criterion that asks for it declares <see cref="PruningNeeds.Gradients"/>.</exception>
    public double[] Gradients()
    {
        double[] gradient = Doubles.Of((_gradients ?? throw PruningContext.Missing("ranking by gradients", nameof(PruningContext.Gradients)))(Name));
        return gradient.Length == Values.Length ? gradient : throw new EspalierException($"{Name}: expected a gradient of shape {Shape}, found {gradient.Length} numbers.");
    }

    /// <summary>A score for each channel.</summary>
    /// <param name="score">From a channel's weights, and where they begin among <see cref="Values"/>.</param>
    public double[] PerChannel(FilterScore score)
    {
        ArgumentNullException.ThrowIfNull(score);
        int length = Values.Length / Channels;
        double[] scores = new double[Channels];
        for (int channel = 0; channel < scores.Length; channel++)
        {
            scores[channel] = score(Values.AsSpan(channel * length, length), channel * length);
        }

        return scores;
    }
}

/// <summary>Scores the filter of one channel.</summary>
/// <param name="filter">Its weights.</param>
/// <param name="start">Where they begin among the layer's.</param>
public delegate double FilterScore(ReadOnlySpan<double> filter, int start);
