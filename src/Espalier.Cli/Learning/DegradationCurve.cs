using Espalier.Tensors;
using Espalier.Training;

namespace Espalier.Cli;

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

    /// <summary>Training dashed and test solid, in one colour, as in the paper.</summary>
    internal Curve[] Draw(int color) =>
    [
        new($"{Kind.Name}-{Depth} training", Points(TrainingErrorOf)) { Dashed = true, Color = color },
        new($"{Kind.Name}-{Depth} test", Points(TestErrorOf)) { Color = color },
    ];

    private ValueList<CurvePoint> Points(Func<EpochRecord, double> error) => ValueList.From(History.Select(epoch => new CurvePoint(epoch.Epoch, 100 * error(epoch))));
}
