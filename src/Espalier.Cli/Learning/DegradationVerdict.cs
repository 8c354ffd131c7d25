namespace Espalier.Cli;

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
