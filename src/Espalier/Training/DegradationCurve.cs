using Espalier.Tensors;
using Espalier.Training;

namespace Espalier;

/// <summary>One of the two kinds of networks that are compared.</summary>
/// <param name="Name">As people say it.</param>
/// <param name="Prefix">What the zoo's names begin with.</param>
internal sealed record DegradationKind(string Name, string Prefix)
{
    internal static DegradationKind Plain { get; } = new("plain", "cifar_plain");

    internal static DegradationKind Residual { get; } = new("residual", "cifar_resnet");

    internal static DegradationKind[] All { get; } = [Plain, Residual];

    /// <summary>The zoo's name of one.</summary>
    internal string Network(int depth) => $"{Prefix}{depth}";
}

/// <summary>How one network of the experiment fared.</summary>
/// <param name="Kind">Plain or residual.</param>
/// <param name="Depth">Its layers.</param>
/// <param name="History">Its epochs.</param>
internal sealed record DegradationCurve(DegradationKind Kind, int Depth, IReadOnlyList<EpochRecord> History)
{
    internal string Network => Kind.Network(Depth);

    /// <summary>After the last epoch.</summary>
    internal double TrainingError => TrainingErrorOf(History[^1]);

    /// <summary>After the last epoch.</summary>
    internal double TestError => TestErrorOf(History[^1]);

    /// <summary>The share of an epoch's images that were not recognised at the time of their step, varied as they were.</summary>
    internal static double TrainingErrorOf(EpochRecord epoch) => 1 - epoch.TrainingAccuracy;

    /// <summary>The share of the images held back that were not recognised after the epoch.</summary>
    internal static double TestErrorOf(EpochRecord epoch) => 1 - epoch.ValidationAccuracy;

    /// <summary>A panel for each kind of networks, error against epoch, both on one scale (He 2015, Fig. 6).</summary>
    internal static Chart[] Charts(IReadOnlyList<DegradationCurve> curves)
    {
        double greatest = 100 * curves.SelectMany(curve => curve.History).Max(epoch => Math.Max(TrainingErrorOf(epoch), TestErrorOf(epoch)));
        return [.. DegradationKind.All.Select(kind => new Chart(
            $"{char.ToUpperInvariant(kind.Name[0])}{kind.Name[1..]} networks", "epoch", "error in %", ValueList.From(curves.Where(curve => curve.Kind == kind).SelectMany((curve, i) => curve.Draw(i))))
        {
            Reaches = greatest,
        })];
    }

    /// <summary>Training dashed and test solid, in one colour, as in the paper.</summary>
    private Curve[] Draw(int color) =>
    [
        new($"{Kind.Name}-{Depth} training", Points(TrainingErrorOf)) { Dashed = true, Color = color },
        new($"{Kind.Name}-{Depth} test", Points(TestErrorOf)) { Color = color },
    ];

    private ValueList<CurvePoint> Points(Func<EpochRecord, double> error) => ValueList.From(History.Select(epoch => new CurvePoint(epoch.Epoch, 100 * error(epoch))));
}

/// <summary>The deepest network of a kind against its shallowest.</summary>
internal sealed record DegradationVerdict(DegradationCurve Shallow, DegradationCurve Deep)
{
    internal static DegradationVerdict Of(DegradationKind kind, IEnumerable<DegradationCurve> curves)
    {
        DegradationCurve[] byDepth = [.. curves.Where(curve => curve.Kind == kind).OrderBy(curve => curve.Depth)];
        return new DegradationVerdict(byDepth[0], byDepth[^1]);
    }

    /// <summary>Whether depth costs training accuracy: then the network is not overfitting but hard to train, which is what the paper calls degradation.</summary>
    internal bool TrainsWorse => Deep.TrainingError > Shallow.TrainingError;

    internal bool TestsWorse => Deep.TestError > Shallow.TestError;

    internal bool IsWorse => TrainsWorse && TestsWorse;

    internal bool IsNotWorse => !TrainsWorse && !TestsWorse;
}
