using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Surgery;

/// <summary>How important the channels of one parameter are: the greater, the longer they stay.</summary>
public sealed class ChannelImportance
{
    private readonly Func<Node, string, Tensor, double[]> _score;

    private ChannelImportance(string name, string role, Func<Node, string, Tensor, double[]> score)
    {
        Name = name;
        Role = role;
        _score = score;
    }

    /// <summary>The sum of the absolute weights of a filter (Li 2017).</summary>
    public static ChannelImportance L1 { get; } = Filters("l1", row => { double sum = 0; foreach (double weight in row) { sum += Math.Abs(weight); } return sum; });

    /// <summary>The root of the sum of the squared weights of a filter.</summary>
    public static ChannelImportance L2 { get; } = Filters("l2", row => { double sum = 0; foreach (double weight in row) { sum += weight * weight; } return Math.Sqrt(sum); });

    /// <summary>The sum of a filter's distances to the layer's other filters: those in the middle can be replaced by others (FPGM; He 2019, eq. 4).</summary>
    public static ChannelImportance Fpgm { get; } = new("fpgm", "filters", (_, _, weight) => FilterDistances.Sums(Doubles.Of(weight), weight.Shape[0]));

    /// <summary>The absolute factor of the norms behind a layer (Liu 2017, network slimming), made sparse by <see cref="NormScales"/> in training.</summary>
    public static ChannelImportance NormScale { get; } = new("norm-scale", "norms", (_, _, weight) => [.. Doubles.Of(weight).Select(Math.Abs)]);

    /// <summary>Its name on the command line and in the lineage.</summary>
    public string Name { get; }

    /// <summary>Whose parameters it looks at: <c>filters</c> of layers or <c>norms</c>.</summary>
    public string Role { get; }

    /// <summary>The seed of random scores, or <see langword="null"/> where scores are not random.</summary>
    public ulong? Seed { get; private init; }

    /// <summary>The squared first-order change of the loss without the filter: (Σ g·w)² (Molchanov 2019, eq. 8).</summary>
    /// <param name="gradient">The gradient of the loss, by the name of the parameter, of its shape.</param>
    public static ChannelImportance Taylor(Func<string, Tensor> gradient)
    {
        ArgumentNullException.ThrowIfNull(gradient);
        return new("taylor", "filters", (_, name, weight) =>
        {
            (double[] w, double[] g) = (Doubles.Of(weight), Doubles.Of(gradient(name)));
            if (w.Length != g.Length)
            {
                throw new EspalierException($"{name}: expected a gradient of shape {weight.Shape}, found {g.Length} numbers.");
            }

            return PerRow(w.Zip(g, (a, b) => a * b).ToArray(), weight.Shape[0], row => { double sum = 0; foreach (double term in row) { sum += term; } return sum * sum; });
        });
    }

    /// <summary>Random numbers, a function of the seed and the layer's name.</summary>
    public static ChannelImportance Random(ulong seed) => new ChannelImportance("random", "filters", (_, name, weight) =>
    {
        CounterRandom random = new CounterRandom(seed).Stream(name);
        return [.. Enumerable.Range(0, weight.Shape[0]).Select(i => random.Uniform((ulong)i))];
    })
    {
        Seed = seed,
    };

    /// <summary>The names of the factors that sparsity training pulls towards zero with an L1 penalty: those of norms whose channels may go.</summary>
    public static IReadOnlyList<string> NormScales(ChannelGroups groups)
    {
        ArgumentNullException.ThrowIfNull(groups);
        Dictionary<string, ChannelSpace> spaces = groups.Spaces.Where(space => space.Axis == 0).ToDictionary(space => space.Name, StringComparer.Ordinal);
        return [.. groups.Graph.Nodes
            .Where(node => node.Op is BatchNorm or GroupNorm)
            .Select(node => node.Parameter("weight"))
            .Distinct()
            .Where(name => Enumerable.Range(0, spaces[name].Count).Any(channel => groups.UnitOf(spaces[name], channel) >= 0))];
    }

    /// <summary>A score for each unit of the network; infinite where nothing was found to judge it by, which keeps it. What masks have removed counts as zero.</summary>
    /// <param name="model">The numbers.</param>
    /// <param name="groups">The groups of its graph.</param>
    /// <param name="aggregate">How the scores of several layers become one.</param>
    public double[] Score(Model model, ChannelGroups groups, ChannelAggregate aggregate = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(groups);
        (double[] scores, int[] counts) = (new double[groups.Units.Length], new int[groups.Units.Length]);
        Dictionary<string, ChannelSpace> spaces = groups.Spaces.Where(space => space.Axis == 0).ToDictionary(space => space.Name, StringComparer.Ordinal);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (Node node in model.Graph.Nodes.Where(Looks))
        {
            string name = node.Parameter("weight");
            if (seen.Add(name) && Enumerable.Range(0, spaces[name].Count).Any(channel => groups.UnitOf(spaces[name], channel) >= 0))
            {
                Gather(groups, spaces[name], _score(node, name, model.Parameters[name].Effective), aggregate, scores, counts);
            }
        }

        for (int unit = 0; unit < scores.Length; unit++)
        {
            double score = aggregate == ChannelAggregate.Mean ? scores[unit] / counts[unit] : scores[unit];
            scores[unit] = counts[unit] == 0 || double.IsNaN(score) ? double.PositiveInfinity : score; // what is not a number is not known to be small
        }

        return scores;
    }

    private bool Looks(Node node) => Role == "norms" ? node.Op is BatchNorm or GroupNorm : node.Op is Conv2d or Linear;

    private static void Gather(ChannelGroups groups, ChannelSpace space, double[] found, ChannelAggregate aggregate, double[] scores, int[] counts)
    {
        for (int channel = 0; channel < space.Count; channel++)
        {
            int unit = groups.UnitOf(space, channel);
            if (unit >= 0)
            {
                scores[unit] = aggregate == ChannelAggregate.Max ? Math.Max(scores[unit], found[channel]) : scores[unit] + found[channel];
                counts[unit]++;
            }
        }
    }

    private static ChannelImportance Filters(string name, Func<double[], double> score) =>
        new(name, "filters", (_, _, weight) => PerRow(Doubles.Of(weight), weight.Shape[0], score));

    private static double[] PerRow(double[] numbers, int rows, Func<double[], double> score)
    {
        int length = numbers.Length / rows;
        return [.. Enumerable.Range(0, rows).Select(row => score(numbers[(row * length)..((row + 1) * length)]))];
    }
}
