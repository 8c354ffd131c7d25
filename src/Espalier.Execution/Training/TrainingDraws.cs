using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Execution;

/// <summary>The random choices of a training step, a pure function of (seed, step, node, sample), so that any step can be repeated.</summary>
/// <param name="seed">The seed.</param>
/// <param name="pass">The step, and the place of the first sample in its batch.</param>
internal readonly struct TrainingDraws(ulong seed, TrainingPass pass) : IEquatable<TrainingDraws>
{
    private readonly CounterRandom _random = new CounterRandom(seed).Stream("training draws").Stream((ulong)pass.Step);

    /// <summary>The place in the batch of sample 0.</summary>
    public int FirstSample => pass.FirstSample;

    /// <summary>Whether the branch of a stochastic depth node survives for a sample of the batch; in batch mode all samples have the same result.</summary>
    public bool Survives(Node node, int sample)
    {
        ArgumentNullException.ThrowIfNull(node);
        var op = (StochasticDepth)node.Op;
        return Of(node).Bernoulli(op.Mode == StochasticDepthMode.Batch ? 0 : (ulong)(FirstSample + sample), op.SurvivalProbability);
    }

    /// <summary>The random numbers of a node.</summary>
    public CounterRandom Of(Node node)
    {
        ArgumentNullException.ThrowIfNull(node);
        return _random.Stream(node.Name);
    }

    /// <inheritdoc/>
    public bool Equals(TrainingDraws other) => _random == other._random && FirstSample == other.FirstSample;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is TrainingDraws other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(_random, FirstSample);

    /// <summary>Whether seed and step are the same.</summary>
    public static bool operator ==(TrainingDraws left, TrainingDraws right) => left.Equals(right);

    /// <summary>Whether seed or step differ.</summary>
    public static bool operator !=(TrainingDraws left, TrainingDraws right) => !left.Equals(right);
}
