namespace Espalier.Cli;

/// <summary>One of two compared models.</summary>
/// <param name="Name">Its name in the table.</param>
/// <param name="Graph">Its graph.</param>
/// <param name="Figures">Its figures, including the size of its model file.</param>
internal sealed record ComparedModel(string Name, Graph Graph, ModelFigures Figures)
{
    /// <summary>Whether its parameters are not all float32.</summary>
    internal bool IsPacked => Figures.Bits is not null;

    /// <summary>Its figures as JSON.</summary>
    internal ReportObject Data(EvaluationTally? tally) => new()
    {
        { "model", Name },
        { "nodes", Graph.Nodes.Length },
        { "depth", NetworkDepth.Of(Graph) },
        { "parameters", Figures.Parameters },
        { "non_zeros", Figures.NonZeros },
        { "macs", Figures.MultiplyAccumulates },
        { "effective_macs", Figures.EffectiveMultiplyAccumulates },
        { "bytes", Figures.Bytes },
        { "bits", Figures.BitsPerParameter },
        { "accuracy", tally is { Count: > 0 } ? tally.Accuracy : (double?)null },
        { "ms", Figures.Milliseconds },
    };
}

/// <summary>Two models side by side.</summary>
/// <param name="first">The first model.</param>
/// <param name="second">The second one.</param>
/// <param name="structure">The differences of their graphs.</param>
/// <param name="comparison">The comparison of their outputs on the same samples, or <see langword="null"/> if their inputs or outputs differ.</param>
/// <param name="reason">The reason for which they were not compared, or <see langword="null"/>.</param>
internal sealed class CompareReport(ComparedModel first, ComparedModel second, StructureDifference structure, ModelComparison? comparison, string? reason)
{
    private const int ShownNames = 6;

    /// <summary>The predictions for single images, or <see langword="null"/>.</summary>
    internal AnswersReport? Answers { get; init; }

    /// <summary>A table of figures, the structure, and the outputs.</summary>
    internal Report Report()
    {
        ReportTable reshaped = ReportTable.Of(structure.Reshaped)
            .Text("layers of another shape", "node", each => each.Node)
            .Number(first.Name, "a", each => each.First?.ToString(), each => each.First?.ToString() ?? "")
            .Number(second.Name, "b", each => each.Second?.ToString(), each => each.Second?.ToString() ?? "");
        return new Report(new ReportObject
        {
            { "a", first.Data(comparison?.AccuracyBefore) },
            { "b", second.Data(comparison?.AccuracyAfter) },
            { "reshaped", reshaped },
            { "only_in_a", ReportValue.List(structure.OnlyInFirst) },
            { "only_in_b", ReportValue.List(structure.OnlyInSecond) },
            { "changed", ReportValue.List(structure.Changed) },
            { "not_compared", comparison is null ? reason : default(ReportValue) },
            { "samples", comparison?.Samples },
            { "same_class", comparison?.SameClass },
            { "maximum_difference", comparison?.Difference.Maximum },
            { "relative_difference", comparison?.Difference.Relative },
            { "answers", Answers?.Data ?? default },
        })
        {
            Text =
            [
                Figures(),
                structure.Reshaped.Count > 0 ? reshaped : null,
                Names($"only in {first.Name}", structure.OnlyInFirst),
                Names($"only in {second.Name}", structure.OnlyInSecond),
                Names("other attributes or inputs", structure.Changed),
                structure.IsNone ? "the same network" : null,
                comparison is null
                    ? $"{reason}, so they were not run on the same samples"
                    : $"same class on {Amount.Exact(comparison.SameClass)} of {Amount.Exact(comparison.Samples)} samples ({Amount.Percent(comparison.SameClass / (double)comparison.Samples)}); maximum difference {Scientific(comparison.Difference.Maximum)}, {Scientific(comparison.Difference.Relative)} of the largest output",
                .. Answers?.Text ?? [],
            ],
        };
    }

    private ReportTable Figures()
    {
        List<(string Title, string First, string Second, string Share)> rows =
        [
            ("nodes", Amount.Exact(first.Graph.Nodes.Length), Amount.Exact(second.Graph.Nodes.Length), ""),
            ("depth", Amount.Exact(NetworkDepth.Of(first.Graph)), Amount.Exact(NetworkDepth.Of(second.Graph)), ""),
            Row("parameters", figures => figures.Parameters),
            Row("non-zeros", figures => figures.NonZeros),
            Row("MACs", figures => figures.MultiplyAccumulates),
            Row("effective MACs", figures => figures.EffectiveMultiplyAccumulates),
            Row("model file", figures => figures.Bytes!.Value),
        ];
        if (first.IsPacked || second.IsPacked)
        {
            rows.Add(("bits each", Amount.Bits(first.Figures.BitsPerParameter), Amount.Bits(second.Figures.BitsPerParameter), Amount.Percent(second.Figures.BitsPerParameter / first.Figures.BitsPerParameter)));
        }

        if (comparison is { HasAccuracy: true })
        {
            rows.Add(("top-1", Amount.Percent(comparison.AccuracyBefore!.Accuracy), Amount.Percent(comparison.AccuracyAfter!.Accuracy), ""));
        }

        if (first.Figures.Milliseconds is double a && second.Figures.Milliseconds is double b)
        {
            rows.Add(("ms, one thread", Amount.Fixed(a, 3), Amount.Fixed(b, 3), Amount.Percent(b / a)));
        }

        return ReportTable.Of(rows).Text("", row => row.Title).Number(first.Name, row => row.First).Number(second.Name, row => row.Second).Number("share", row => row.Share);
    }

    private (string Title, string First, string Second, string Share) Row(string title, Func<ModelFigures, long> figure)
    {
        (long a, long b) = (figure(first.Figures), figure(second.Figures));
        return (title, Amount.Exact(a), Amount.Exact(b), a == 0 ? "" : Amount.Percent((double)b / a));
    }

    private static string? Names(string title, IReadOnlyList<string> names) => names.Count == 0 ? null
        : $"{title}: {names.Count}: {string.Join(", ", names.Take(ShownNames))}{(names.Count > ShownNames ? ", …" : "")}";

    private static string Scientific(double value) => value.ToString("0.0e+0", CultureInfo.InvariantCulture);
}
