using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Surgery;

/// <summary>Which weights to prune, by what, and how many.</summary>
/// <param name="Score">By what they are ranked.</param>
/// <param name="Amount">How many units go; see <see cref="Pattern"/>.</param>
public readonly record struct WeightPruningOptions(WeightScore Score, PruneAmount Amount)
{
    /// <summary>What goes or stays as one.</summary>
    public WeightPattern Pattern { get; init; }

    /// <summary>
    /// What each parameter loses, by its name, in place of <see cref="Amount"/>, which is <see langword="default"/> then: shares of what is left of it. What is not named stays whole, and who is named is pruned also where the kind of
    /// layer is left out by default. <see cref="SensitivityScan.AmountsWithin"/> makes them.
    /// </summary>
    public ValueList<KeyValuePair<string, double>> Amounts { get; init; }

    /// <summary>Whether all parameters are ranked together, rather than each alone.</summary>
    public bool IsGlobal { get; init; }

    /// <summary>How the amount is spread when each parameter is ranked alone.</summary>
    public AmountDistribution Distribution { get; init; }

    /// <summary>
    /// Names of parameters (<c>conv1.weight</c>), of layers (<c>conv1</c>: its weight) or patterns of them (see <see cref="ScopePattern"/>). None means the weights
    /// of all convolutions and linear layers. Who is named in full is pruned also where the kind of layer is left out by default.
    /// </summary>
    public ValueList<string> Scopes { get; init; }

    /// <summary>Patterns of layers or parameters to leave alone.</summary>
    public ValueList<string> Exclude { get; init; }

    /// <summary>Whether to prune the convolutions that read the picture.</summary>
    public bool IncludesStem { get; init; }

    /// <summary>Whether to prune depthwise convolutions.</summary>
    public bool IncludesDepthwise { get; init; }

    /// <summary>Whether to prune the layer that the output comes from.</summary>
    public bool IncludesClassifier { get; init; }

    /// <summary>The n of the Lₙ norm that ranks units of several weights; infinity is the greatest magnitude. 1 unless given.</summary>
    public double Norm { get; init; } = 1;

    /// <summary>Random seed of random scores. Each parameter has its own random numbers, whatever else is pruned.</summary>
    public ulong Seed { get; init; }

    /// <summary>The gradient of a parameter, by its name: for <see cref="WeightScore.Gradient"/> and <see cref="WeightScore.Taylor"/>.</summary>
    public Func<string, Tensor>? Gradients { get; init; }
}
