using Espalier.Graphs;

namespace Espalier.Surgery;

/// <summary>A quantity of a model that pruning reduces and a target can limit (<see cref="PruningTarget.AtMost"/>).</summary>
public sealed class PruningMeasure
{
    private const int Halvings = 16; // for counts of a graph, which take no time: finds the amount to 1/65536, finer than one channel of any network
    private const int SizeMeasurements = 14; // for file sizes, which take little time: finds the amount to 1/16384
    private const int Measurements = 6; // for latencies, which take seconds each
    private const long LineageBytes = 4096; // space in the file for the lineage entries of one pruning step and its fine-tuning
    private const double LatencyAim = 0.97; // fraction of the limit to aim at, because the next measurement will differ

    private readonly Func<Model, PruningContext, double> _measure;

    private PruningMeasure(string unit, int measurements, Func<Model, PruningContext, double> measure) => (Unit, Most, _measure) = (unit, measurements, measure);

    /// <summary>Creates a custom measure.</summary>
    /// <param name="unit">The unit, for the lineage.</param>
    /// <param name="measure">Measures a model; the value is assumed to decrease as more is removed.</param>
    /// <param name="measurements">The maximum number of measurements, in addition to those of the unpruned and the maximally pruned model. Each halves the uncertainty of the amount.</param>
    public PruningMeasure(string unit, Func<Model, double> measure, int measurements = Measurements)
        : this(unit, measurements, (model, _) => measure(model))
    {
        ArgumentNullException.ThrowIfNull(unit);
        ArgumentNullException.ThrowIfNull(measure);
    }

    /// <summary>The multiply-accumulates of one sample, as <see cref="Graphs.MultiplyAccumulates"/> counts them.</summary>
    public static PruningMeasure MultiplyAccumulates { get; } = OfGraph("multiply-accumulates", graph => Graphs.MultiplyAccumulates.Of(graph));

    /// <summary>The number of parameters, without buffers.</summary>
    public static PruningMeasure Parameters { get; } = OfGraph("parameters", graph => graph.Parameters.Where(parameter => !parameter.Value.IsBuffer).Sum(parameter => parameter.Value.Shape.Count));

    /// <summary>The size of the model file in bytes, including space for the lineage entries that will follow; needs <see cref="PruningContext.Bytes"/>.</summary>
    public static PruningMeasure Bytes { get; } = new("bytes", SizeMeasurements, (model, context) =>
        context.Bytes?.Invoke(model) ?? throw PruningContext.Missing("a limit of bytes", nameof(PruningContext.Bytes)))
    {
        RoomForStep = LineageBytes,
    };

    /// <summary>The latency of one sample in ms; needs <see cref="PruningContext.Milliseconds"/>.</summary>
    public static PruningMeasure Milliseconds { get; } = new("ms", Measurements, (model, context) =>
        context.Milliseconds?.Invoke(model) ?? throw PruningContext.Missing("a limit of milliseconds", nameof(PruningContext.Milliseconds)))
    {
        Aim = LatencyAim,
    };

    /// <summary>The unit, such as <c>ms</c> or <c>parameters</c>.</summary>
    public string Unit { get; }

    /// <summary>Computes the quantity from the graph alone, or <see langword="null"/> if that is not possible.</summary>
    internal Func<Graph, long>? Count { get; private init; }

    /// <summary>The maximum number of measurements.</summary>
    internal int Most { get; }

    /// <summary>The fraction of a limit to aim at.</summary>
    internal double Aim { get; private init; } = 1;

    /// <summary>The increase to expect from each step, including those that follow.</summary>
    internal long RoomForStep { get; private init; }

    internal double Of(Model model, PruningContext context) => _measure(model, context);

    private static PruningMeasure OfGraph(string unit, Func<Graph, long> count) => new(unit, Halvings, (model, _) => count(model.Graph)) { Count = count };
}
