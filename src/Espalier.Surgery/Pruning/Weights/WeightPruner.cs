using System.Globalization;
using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Surgery;

/// <summary>Prunes weights as far as a measure asks for.</summary>
public static class WeightPruner
{
    private const double Densest = 0; // nothing more than what is removed already
    private const double Sparsest = 0.99; // beyond it no network that is known keeps anything of its accuracy

    /// <summary>Removes as few weights as it takes for a measure of the pruned model to be at most a target: milliseconds on this machine.</summary>
    /// <param name="model">The model.</param>
    /// <param name="options">How weights are chosen; the amount is searched for.</param>
    /// <param name="target">The target, in the measure's unit.</param>
    /// <param name="measure">Measures a model; taken as falling with the sparsity.</param>
    /// <param name="measurements">How often to measure at most, besides the model itself and the sparsest: each halves the uncertainty of the sparsity.</param>
    /// <returns>The pruning, of nothing where the model meets the target already.</returns>
    /// <exception cref="EspalierException">Even 99% zeros miss the target; the message says what they reach.</exception>
    public static WeightPruningReport ToMeasure(Model model, WeightPruningOptions options, double target, Func<Model, double> measure, int measurements = 6)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(measure);
        WeightPruningReport PruneTo(double sparsity) => model.Prune(options with { Amount = PruneAmount.Sparsity(sparsity) });
        WeightPruningReport least = PruneTo(Densest);
        if (measure(model) <= target)
        {
            return least;
        }

        double low = (double)least.Removed / Math.Max(1, least.Weights);
        WeightPruningReport best = PruneTo(Sparsest);
        double reached = measure(best.After);
        if (!(reached <= target))
        {
            throw new EspalierException(string.Create(
                CultureInfo.InvariantCulture, $"the measured target cannot be {target:0.####}: with {Sparsest:0%} of the chosen weights removed it is {reached:0.####}; more layers (a wider scope) or removing channels would reach further"));
        }

        double high = Sparsest;
        for (int i = 0; i < measurements; i++)
        {
            double middle = (low + high) / 2;
            WeightPruningReport candidate = PruneTo(middle);
            (low, high, best) = measure(candidate.After) <= target ? (low, middle, candidate) : (middle, high, best);
        }

        return best;
    }
}
