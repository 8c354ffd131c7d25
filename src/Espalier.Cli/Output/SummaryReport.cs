using Espalier.Surgery;

namespace Espalier.Cli;

/// <summary>The report of a <see cref="NetworkSummary"/>.</summary>
/// <param name="name">The architecture's name, or empty.</param>
/// <param name="summary">The summary.</param>
internal sealed class SummaryReport(string name, NetworkSummary summary)
{
    /// <summary>The report: tables and totals.</summary>
    /// <param name="nodes">Whether the text has a row for each node.</param>
    /// <param name="stages">Whether the text has a row for each stage.</param>
    internal Report Report(bool nodes, bool stages)
    {
        (ReportTable byNode, ReportTable byStage) = (NodeTable(), StageTable());
        return new Report(Data(byStage, byNode))
        {
            Text =
            [
                nodes ? byNode : null,
                stages ? byStage : null,
                $"{(name.Length == 0 ? "network" : name)} at {InputShape}: depth {summary.Depth}, {Amount.Exact(summary.Parameters)} parameters, {Amount.Exact(summary.MultiplyAccumulates)} MACs ({Amount.Short(summary.MultiplyAccumulates)}), {summary.Nodes.Length} nodes",
                summary is { NonZeros: long nonZeros, EffectiveMultiplyAccumulates: long effective }
                    ? $"non-zero: {Amount.Exact(nonZeros)} parameters ({Share(nonZeros, summary.Parameters)}), {Amount.Exact(effective)} effective MACs ({Share(effective, summary.MultiplyAccumulates)})"
                    : null,
                summary is { ParameterBytes: long bytes, BitsPerParameter: double bits and not 32 } ? $"parameters take {Amount.Exact(bytes)} bytes: {Amount.Bits(bits)} bits each" : null,
                Forecast is { Blocks: > 0 } forecast ? DepthForecastReport.Line(forecast) : null,
            ],
            Rows = nodes ? byNode : byStage,
        };
    }

    private ReportObject Data(ReportTable stages, ReportTable nodes) => new()
    {
        { "model", name },
        { "input", ReportValue.List(InputShape.Extents) },
        { "depth", summary.Depth },
        { "parameters", summary.Parameters },
        { "macs", summary.MultiplyAccumulates },
        { "non_zeros", summary.NonZeros },
        { "effective_macs", summary.EffectiveMultiplyAccumulates },
        { "parameter_bytes", summary.ParameterBytes },
        { "bits_per_parameter", summary.BitsPerParameter },
        { "stochastic_depth", Forecast is { Blocks: > 0 } forecast ? DepthForecastReport.Data(forecast) : null },
        { "stages", stages },
        { "nodes", nodes },
    };

    private StochasticDepthForecast Forecast => StochasticDepthForecast.Of(summary.Graph);

    private Shape InputShape => summary.Graph.ShapeOf(summary.Graph.Input.Name);

    private ReportTable NodeTable() => Figures(
        ReportTable.Of(summary.Nodes).Text("node", "name", row => row.Node.Name).Text("op", "op", row => row.Node.Op.ToString()!),
        row => (row.Output, row.Parameters, row.MultiplyAccumulates, row.ReceptiveField, row.NonZeros, row.EffectiveMultiplyAccumulates));

    private ReportTable StageTable() => Figures(
        ReportTable.Of(summary.Stages).Text("stage", "name", row => row.Name).Count("layers", "depth", row => row.Depth, Count),
        row => (row.Output, row.Parameters, row.MultiplyAccumulates, row.ReceptiveField, row.NonZeros, row.EffectiveMultiplyAccumulates));

    /// <summary>Adds the columns that stages and nodes share.</summary>
    private static ReportTable<T> Figures<T>(ReportTable<T> table, Func<T, (Shape Output, long Parameters, long MultiplyAccumulates, ReceptiveField Field, long? NonZeros, long? Effective)> of) => table
        .Number("output", "output", row => ReportValue.List(of(row).Output.Extents), row => of(row).Output.ToString())
        .Count("parameters", "parameters", row => of(row).Parameters, Count)
        .Count("MACs", "macs", row => of(row).MultiplyAccumulates, Count)
        .Number("receptive field", "receptive_field", row => Sides(of(row).Field.Field), row => Side(of(row).Field.Field))
        .Number("stride", "stride", row => Sides(of(row).Field.Stride), row => Side(of(row).Field.Stride))
        .Count("non-zeros", "non_zeros", row => of(row).NonZeros, Count, isOptional: true)
        .Count("effective MACs", "effective_macs", row => of(row).Effective, Count, isOptional: true);

    private static string Share(long part, long whole) => whole == 0 ? "0%" : Amount.Percent((double)part / whole);

    private static string Count(long count) => count == 0 ? "" : Amount.Exact(count);

    private static string Side(Size size) => size.Height == size.Width ? Amount.Exact(size.Height) : size.ToString();

    private static ReportValue Sides(Size size) => ReportValue.List([size.Height, size.Width]);
}
