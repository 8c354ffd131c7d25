using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Surgery;

/// <summary>The weight of a layer, which an <see cref="IChannelCriterion"/> scores: a filter per output channel, or a scale per channel of a norm.</summary>
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

    /// <summary>The convolution, linear layer or norm.</summary>
    public Node Layer { get; }

    /// <summary>The name of the weight.</summary>
    public string Name { get; }

    /// <summary>The shape of the weight; the first extent is the number of channels.</summary>
    public Shape Shape => _weight.Shape;

    /// <summary>The number of output channels of the layer.</summary>
    public int Channels => Shape[0];

    /// <summary>The weights, filter by filter; masked weights are 0.</summary>
    public double[] Values { get; }

    /// <summary>A stream of random numbers for this layer; it depends only on the seed and the weight's name.</summary>
    public CounterRandom Random => new CounterRandom(_seed).Stream(Name);

    /// <summary>The gradient of the loss, in the order of <see cref="Values"/>.</summary>
    /// <exception cref="EspalierException">There is no gradient, or it has another size. A criterion that calls this method must declare <see cref="PruningNeeds.Gradients"/>.</exception>
    public double[] Gradients()
    {
        double[] gradient = Doubles.Of((_gradients ?? throw PruningContext.Missing("ranking by gradients", nameof(PruningContext.Gradients)))(Name));
        return gradient.Length == Values.Length ? gradient : throw new EspalierException($"{Name}: expected a gradient of shape {Shape}, found {gradient.Length} elements.");
    }

    /// <summary>Computes a score for each channel from its filter.</summary>
    /// <param name="score">Computes the score from a channel's weights and their start index in <see cref="Values"/>.</param>
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
/// <param name="filter">The weights of the filter.</param>
/// <param name="start">The index of the first of these weights in <see cref="ChannelWeights.Values"/>.</param>
public delegate double FilterScore(ReadOnlySpan<double> filter, int start);
