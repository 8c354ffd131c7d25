using System.Collections.Immutable;
using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Surgery;

/// <summary>How a network bears the pruning of each of its layers, or of each of its channel groups, while all others stay whole (Han 2015, "Learning both weights and connections", figure 6).</summary>
/// <remarks>Quality is any function of a model of which more is better, such as accuracy on data. All models that it is asked about have the same graph: what is pruned is masked.</remarks>
/// <param name="Whole">The quality of the network as it is.</param>
/// <param name="Amounts">The shares that were removed, ascending.</param>
/// <param name="Curves">A curve for each place, in the order of the network.</param>
public sealed record SensitivityScan(double Whole, ValueList<double> Amounts, ImmutableArray<SensitivityCurve> Curves)
{
    /// <summary>Prunes the weights of one layer after another.</summary>
    /// <param name="model">The network.</param>
    /// <param name="amounts">The shares to remove, from 0 to 1, ascending.</param>
    /// <param name="request">Which layers, and by what weights are ranked. The target is not used, nor whatever concerns several layers.</param>
    /// <param name="quality">Measures a model.</param>
    /// <param name="report">Receives the number of models measured so far and the total.</param>
    /// <param name="context">What the criterion needs from outside.</param>
    /// <exception cref="EspalierException">The amounts are not possible, or the request names nothing.</exception>
    public static SensitivityScan OfWeights(Model model, ValueList<double> amounts, WeightPruning request, Func<Model, double> quality, Action<int, int>? report = null, PruningContext? context = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(request);
        IReadOnlyList<string> names = PruningSelection.Of(model, request);
        Func<string, Tensor>? gradients = context?.GradientsFor(request, model);
        return Scan(model, amounts, names, quality, report, name =>
        {
            var ranked = new RankedUnits(name, model.Parameters[name], request, gradients);
            return (name, model.Parameters[name].Value.Shape.Count, amount => model.With(model.Parameters.With(name, ranked.Without(amount))));
        });
    }

    /// <summary>Silences channels of one group after another: those of the least importance, as <see cref="ChannelMask"/> does. One always stays.</summary>
    /// <param name="model">The network.</param>
    /// <param name="amounts">The shares to silence, from 0 to 1, ascending.</param>
    /// <param name="request">By what channels are ranked, and which groups are left out.</param>
    /// <param name="quality">Measures a model.</param>
    /// <param name="report">Receives the number of models measured so far and the total.</param>
    /// <param name="context">What the criterion needs from outside.</param>
    /// <exception cref="EspalierException">The amounts are not possible, or the request names nothing.</exception>
    public static SensitivityScan OfChannels(Model model, ValueList<double> amounts, ChannelPruning request, Func<Model, double> quality, Action<int, int>? report = null, PruningContext? context = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(request);
        ChannelGroups groups = ChannelGroups.Find(model.Graph, request.Grouped);
        double[] scores = ChannelScores.Of(model, groups, request, context?.GradientsFor(request, model));
        ValueList<string> excluded = request.Exclude;
        ChannelGroup[] open = [.. groups.Groups.Where(group => group.Width > 1 && !group.Producers.Any(node => excluded.Any(pattern => ScopePattern.Matches(pattern, node))))];
        return Scan(model, amounts, open, quality, report, group =>
        {
            ChannelUnit[] ranked = [.. group.Units.OrderBy(unit => scores[unit.Index])];
            return (group.Name, group.Width, amount => ChannelMask.Apply(model, groups, ranked.Take(Math.Min(group.Width - 1, (int)Math.Round(amount * group.Width)))));
        });
    }

    /// <summary>For each place the greatest amount of the scan up to which the quality falls by no more than <paramref name="loss"/>; 0 where already the least costs more.</summary>
    /// <remarks>Places are looked at one by one: what several lose together is more, though seldom the sum.</remarks>
    /// <param name="loss">In the unit of the quality: 0.01 is a hundredth of accuracy.</param>
    public IReadOnlyList<KeyValuePair<string, double>> AmountsWithin(double loss) => [.. Curves.Select(curve =>
    {
        int within = curve.Qualities.TakeWhile(quality => Whole - quality <= loss).Count();
        return KeyValuePair.Create(curve.Name, within == 0 ? 0 : Amounts[within - 1]);
    })];

    private static SensitivityScan Scan<T>(
        Model model,
        ValueList<double> amounts,
        IReadOnlyCollection<T> places,
        Func<Model, double> quality,
        Action<int, int>? report,
        Func<T, (string Name, long Size, Func<double, Model> Pruned)> open)
    {
        ArgumentNullException.ThrowIfNull(quality);
        RequireAmounts(amounts);
        int all = 1 + (places.Count * amounts.Count);
        int done = 0;
        double Measure(Model variant)
        {
            double measured = quality(variant);
            report?.Invoke(++done, all);
            return measured;
        }

        double whole = Measure(model);
        var curves = ImmutableArray.CreateBuilder<SensitivityCurve>(places.Count);
        foreach (T place in places)
        {
            (string name, long size, Func<double, Model> pruned) = open(place);
            curves.Add(new SensitivityCurve(name, size, ValueList.From(amounts.Select(amount => Measure(pruned(amount))))));
        }

        return new SensitivityScan(whole, amounts, curves.ToImmutable());
    }

    private static void RequireAmounts(ValueList<double> amounts)
    {
        for (int i = 0; i < amounts.Count; i++)
        {
            if (amounts[i] is not (> 0 and <= 1) || (i > 0 && amounts[i] <= amounts[i - 1]))
            {
                throw new EspalierException($"Expected shares above 0 and up to 1, each greater than the one before, found {amounts}.");
            }
        }

        if (amounts.Count == 0)
        {
            throw new EspalierException("Expected at least one share to remove, found none.");
        }
    }
}
