using Espalier.Training;

namespace Espalier.Cli;

/// <summary>Reports the figures of the model after each step of a journey.</summary>
internal static class JourneyReport
{
    private const double Notable = 1.05; // smaller ratios are timing noise

    /// <summary>A row for each step.</summary>
    internal static ReportTable Table(IReadOnlyList<JourneyStep> steps) => ReportTable.Of(steps)
        .Text("step", "step", step => step.Name)
        .Measure("accuracy", "accuracy", step => step.Figures.Accuracy ?? double.NaN, Amount.Percent)
        .Count("parameters", "parameters", step => step.Figures.Parameters)
        .Count("non-zero", "non_zeros", step => step.Figures.NonZeros)
        .Count("MACs", "macs", step => step.Figures.MultiplyAccumulates, Amount.Short)
        .Field("effective_macs", step => step.Figures.EffectiveMultiplyAccumulates)
        .Count("file", "bytes", step => step.Figures.Bytes ?? 0, Amount.Bytes)
        .Measure("ms", "ms", step => step.Milliseconds, time => Amount.Fixed(time, 3))
        .Number("of the first", step => Amount.Fixed(100 * step.Milliseconds / steps[0].Milliseconds, 0) + "%")
        .Field("file", step => step.File);

    /// <summary>A line for each step that increased the latency.</summary>
    internal static IEnumerable<ReportPart> Slower(IReadOnlyList<JourneyStep> steps) => steps.Zip(steps.Skip(1))
        .Where(pair => pair.Second.Milliseconds > Notable * pair.First.Milliseconds)
        .Select(pair => (ReportPart)$"   '{pair.Second.Name}' made it slower: {Amount.Fixed(pair.Second.Milliseconds, 3)} ms after {Amount.Fixed(pair.First.Milliseconds, 3)} ms.");

    /// <summary>Accuracy against time.</summary>
    internal static Chart Chart(IReadOnlyList<JourneyStep> steps) => StepChart.Of(
        "From the trained to the deployed network",
        "ms per image on one thread",
        [.. steps.Select((step, i) => new ChartedStep($"{i + 1} {step.Name}", step.Model.Metadata.Lineage[^1].Action, step.Milliseconds, step.Figures.Accuracy ?? double.NaN))]);
}
