using System.Collections.Immutable;
using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Surgery;

/// <summary>The quality of a network when each of its layers or channel groups is pruned separately, with all others unpruned (Han 2015, "Learning both weights and connections", figure 6).</summary>
/// <remarks>Quality is any function of a model with higher values for better models, such as accuracy. All measured models have the same graph, because pruned weights and channels are masked: that of the network to scan, in which convolutions of standardized weights first get these, as they do for pruning (<see cref="StandardizationRemoval"/>).</remarks>
/// <param name="Whole">The quality of the unpruned network.</param>
/// <param name="Amounts">The fractions that were removed, ascending.</param>
/// <param name="Curves">A curve for each layer or channel group, in graph order.</param>
public sealed record SensitivityScan(double Whole, ValueList<double> Amounts, ImmutableArray<SensitivityCurve> Curves)
{
    /// <summary>Measures the network with the weights of one layer pruned, for each layer and amount.</summary>
    /// <param name="model">The model to scan; it is not changed.</param>
    /// <param name="amounts">The fractions to remove, above 0 and at most 1, ascending.</param>
    /// <param name="request">The layers to scan and the criterion that ranks their weights. The target, global ranking and the distribution over layers are ignored.</param>
    /// <param name="quality">Measures the quality of a model.</param>
    /// <param name="report">Receives the number of models measured so far and the total.</param>
    /// <param name="context">The gradients and samples that the criterion needs.</param>
    /// <exception cref="EspalierException">The amounts are out of range or not ascending, or the request selects no layers.</exception>
    public static SensitivityScan OfWeights(Model model, ValueList<double> amounts, WeightPruning request, Func<Model, double> quality, Action<int, int>? report = null, PruningContext? context = null) =>
        OfWeights(model, amounts, request, quality, SharedWork.Alone, report, context);

    /// <summary>The same by processes that share the models to measure.</summary>
    internal static SensitivityScan OfWeights(Model model, ValueList<double> amounts, WeightPruning request, Func<Model, double> quality, SharedWork work, Action<int, int>? report = null, PruningContext? context = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(request);
        model = StandardizationRemoval.BeforePruning(model);
        IReadOnlyList<string> names = PruningSelection.Of(model, request);
        Func<string, Tensor>? gradients = context?.GradientsFor(request, model);
        return Scan(model, amounts, names, quality, work, report, name => new(name, model.Parameters[name].Value.Shape.Count, []), name =>
        {
            var ranked = new RankedUnits(name, model.Parameters[name], request, gradients);
            return amount => model.With(model.Parameters.With(name, ranked.Without(amount)));
        });
    }

    /// <summary>Measures the network with the least important channels of one group masked, for each group and amount (<see cref="ChannelMask"/>). At least one channel of a group is kept.</summary>
    /// <param name="model">The model to scan; it is not changed.</param>
    /// <param name="amounts">The fractions to mask, above 0 and at most 1, ascending.</param>
    /// <param name="request">The criterion that ranks the channels, and the groups that are excluded.</param>
    /// <param name="quality">Measures the quality of a model.</param>
    /// <param name="report">Receives the number of models measured so far and the total.</param>
    /// <param name="context">The gradients and samples that the criterion needs.</param>
    /// <exception cref="EspalierException">The amounts are out of range or not ascending.</exception>
    public static SensitivityScan OfChannels(Model model, ValueList<double> amounts, ChannelPruning request, Func<Model, double> quality, Action<int, int>? report = null, PruningContext? context = null) =>
        OfChannels(model, amounts, request, quality, SharedWork.Alone, report, context);

    /// <summary>The same by processes that share the models to measure.</summary>
    internal static SensitivityScan OfChannels(Model model, ValueList<double> amounts, ChannelPruning request, Func<Model, double> quality, SharedWork work, Action<int, int>? report = null, PruningContext? context = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(request);
        model = StandardizationRemoval.BeforePruning(model);
        ChannelGroups groups = ChannelGroups.Find(model.Graph, request.Grouped);
        double[] scores = ChannelScores.Of(model, groups, request, context?.GradientsFor(request, model));
        ValueList<string> excluded = request.Exclude;
        ChannelGroup[] open = [.. groups.Groups.Where(group => group.Width > 1 && !group.Producers.Any(node => excluded.Any(pattern => ScopePattern.Matches(pattern, node))))];
        return Scan(model, amounts, open, quality, work, report, group => new(group.Name, group.Width, []), group =>
        {
            ChannelUnit[] ranked = [.. group.Units.OrderBy(unit => scores[unit.Index])];
            return amount => ChannelMask.Apply(model, groups, ranked.Take(Math.Min(group.Width - 1, (int)Math.Round(amount * group.Width))));
        });
    }

    /// <summary>For each layer or channel group, the greatest amount of the scan up to which the quality decreases by at most <paramref name="loss"/>; 0 if the smallest amount already exceeds it.</summary>
    /// <remarks>Each layer or group is considered separately. Pruning several of them costs more quality, though rarely the sum of the separate losses.</remarks>
    /// <param name="loss">The allowed decrease, in the unit of the quality: 0.01 is one percentage point of accuracy.</param>
    public IReadOnlyList<KeyValuePair<string, double>> AmountsWithin(double loss) => [.. Curves.Select(curve =>
    {
        int within = curve.Qualities.TakeWhile(quality => Whole - quality <= loss).Count();
        return KeyValuePair.Create(curve.Name, within == 0 ? 0 : Amounts[within - 1]);
    })];

    private static SensitivityScan Scan<T>(
        Model model,
        ValueList<double> amounts,
        IReadOnlyList<T> places,
        Func<Model, double> quality,
        SharedWork work,
        Action<int, int>? report,
        Func<T, SensitivityCurve> begin,
        Func<T, Func<double, Model>> open)
    {
        ArgumentNullException.ThrowIfNull(quality);
        RequireAmounts(amounts);
        int all = 1 + (places.Count * amounts.Count);
        work.ThrowIfStopped();
        double whole = quality(model); // of each process: others are measured against it
        report?.Invoke(1, all);
        (int Place, Func<double, Model> Pruned) opened = (-1, _ => model);
        var qualities = new List<double>();
        work.Run<double>(places.Count * amounts.Count, variant =>
        {
            (int place, int amount) = Math.DivRem(variant, amounts.Count);
            opened = opened.Place == place ? opened : (place, open(places[place]));
            return [quality(opened.Pruned(amounts[amount]))];
        }, measured =>
        {
            qualities.Add(measured[0]);
            report?.Invoke(1 + qualities.Count, all);
        });
        return new SensitivityScan(whole, amounts, [.. qualities.Chunk(amounts.Count).Select((curve, place) => begin(places[place]) with { Qualities = [.. curve] })]);
    }

    private static void RequireAmounts(ValueList<double> amounts)
    {
        for (int i = 0; i < amounts.Count; i++)
        {
            if (amounts[i] is not (> 0 and <= 1) || (i > 0 && amounts[i] <= amounts[i - 1]))
            {
                throw new EspalierException($"Expected ascending amounts above 0 and up to 1, found {amounts}.");
            }
        }

        if (amounts.Count == 0)
        {
            throw new EspalierException("Expected at least one amount, found none.");
        }
    }
}
