using Espalier.Graphs;

namespace Espalier.Surgery;

/// <summary>A quantity of a model that pruning makes smaller, and that a target may bound (<see cref="PruningTarget.AtMost"/>).</summary>
public sealed class PruningMeasure
{
    private const int Halvings = 16; // where measuring costs nothing: the amount to 1/65536, finer than one channel of any network
    private const int SizeMeasurements = 14; // a size costs little: the amount to 1/16384
    private const int Measurements = 6; // a time costs seconds
    private const long LineageBytes = 4096; // of a pruning and a recovery: a file that is to be small enough holds their lines of lineage too
    private const double LatencyAim = 0.97; // a little less than what is not to be exceeded, since the next measurement will differ

    private readonly Func<Model, PruningContext, double> _measure;

    private PruningMeasure(string unit, int measurements, Func<Model, PruningContext, double> measure) => (Unit, Most, _measure) = (unit, measurements, measure);

    /// <summary>A quantity of one's own.</summary>
    /// <param name="unit">Its unit, for the lineage.</param>
    /// <param name="measure">Measures a model; taken as falling with what is removed.</param>
    /// <param name="measurements">How often to measure at most, besides the model itself and the most that can go: each halves the uncertainty of the amount.</param>
    public PruningMeasure(string unit, Func<Model, double> measure, int measurements = Measurements)
        : this(unit, measurements, (model, _) => measure(model))
    {
        ArgumentNullException.ThrowIfNull(unit);
        ArgumentNullException.ThrowIfNull(measure);
    }

    /// <summary>Multiply-accumulates of one sample, as <see cref="Graphs.MultiplyAccumulates"/> counts them.</summary>
    public static PruningMeasure MultiplyAccumulates { get; } = OfGraph("multiply-accumulates", graph => Graphs.MultiplyAccumulates.Of(graph));

    /// <summary>Parameters, buffers not included.</summary>
    public static PruningMeasure Parameters { get; } = OfGraph("parameters", graph => graph.Parameters.Where(parameter => !parameter.Value.IsBuffer).Sum(parameter => parameter.Value.Shape.Count));

    /// <summary>Bytes of the model file, with room for the lines of lineage that follow: <see cref="PruningContext.Bytes"/>.</summary>
    public static PruningMeasure Bytes { get; } = new("bytes", SizeMeasurements, (model, context) =>
        context.Bytes?.Invoke(model) ?? throw PruningContext.Missing("a size in bytes", nameof(PruningContext.Bytes)))
    {
        RoomForStep = LineageBytes,
    };

    /// <summary>Milliseconds of one sample: <see cref="PruningContext.Milliseconds"/>.</summary>
    public static PruningMeasure Milliseconds { get; } = new("ms", Measurements, (model, context) =>
        context.Milliseconds?.Invoke(model) ?? throw PruningContext.Missing("a time", nameof(PruningContext.Milliseconds)))
    {
        Aim = LatencyAim,
    };

    /// <summary>Its unit: <c>ms</c>, <c>parameters</c>.</summary>
    public string Unit { get; }

    /// <summary>Counts it from the graph alone, or <see langword="null"/> where that cannot be.</summary>
    internal Func<Graph, long>? Count { get; private init; }

    /// <summary>How often to measure at most.</summary>
    internal int Most { get; }

    /// <summary>The share of a bound to aim at.</summary>
    internal double Aim { get; private init; } = 1;

    /// <summary>What each pruning that is still to come will add.</summary>
    internal long RoomForStep { get; private init; }

    internal double Of(Model model, PruningContext context) => _measure(model, context);

    private static PruningMeasure OfGraph(string unit, Func<Graph, long> count) => new(unit, Halvings, (model, _) => count(model.Graph)) { Count = count };
}
