namespace Espalier.Cli;

/// <summary>A table of the figures of a model before, between and after steps.</summary>
internal static class FiguresTable
{
    /// <summary>A row for each model; the columns of accuracy and time are printed only if at least one model has them.</summary>
    internal static ReportTable Of(IEnumerable<(string Title, ModelFigures Figures)> rows) => ReportTable.Of(rows)
        .Text("", "step", row => row.Title)
        .Count("parameters", "parameters", row => row.Figures.Parameters)
        .Count("non-zeros", "non_zeros", row => row.Figures.NonZeros)
        .Count("MACs", "macs", row => row.Figures.MultiplyAccumulates)
        .Count("effective MACs", "effective_macs", row => row.Figures.EffectiveMultiplyAccumulates)
        .Count("bytes", "bytes", row => row.Figures.Bytes)
        .Measure("accuracy", "accuracy", row => row.Figures.Accuracy, Amount.Percent, isOptional: true)
        .Measure("ms", "ms", row => row.Figures.Milliseconds, time => Amount.Fixed(time, 3), isOptional: true);
}
