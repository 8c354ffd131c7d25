using Espalier.Graphs;
using Espalier.Tensors;
using Espalier.Training;

namespace Espalier;

/// <summary>Writes reports of models: one HTML page with graph, layers, ledger, training and evaluation, which needs no other file and no network.</summary>
public static class ModelReporting
{
    /// <summary>Writes a report, which is the same bytes for the same model, options and version unless it has times.</summary>
    /// <param name="model">The model.</param>
    /// <param name="path">The path of the HTML file. It is written atomically; its folder must exist.</param>
    /// <param name="options">What the report has beside the model itself; <see langword="null"/> for nothing.</param>
    /// <param name="cancellation">Checked before each run of a measurement.</param>
    /// <exception cref="ArgumentException">The path is empty, or the picture of an explanation is neither PNG, JPEG nor SVG.</exception>
    /// <exception cref="EspalierException">The file cannot be written, or the model cannot be run to measure times.</exception>
    public static void WriteReport(this Model model, string path, ModelReportOptions? options = null, CancellationToken cancellation = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        byte[] page = Render(model, options, cancellation);
        AtomicFile.Write(path, stream => stream.Write(page));
    }

    /// <summary>The report as the bytes of an HTML file.</summary>
    internal static byte[] Render(Model model, ModelReportOptions? options, CancellationToken cancellation)
    {
        ReportContent content = Content(model, options, cancellation);
        return ReportPage.Render(content.Title, ReportJson.Of(content));
    }

    /// <summary>What a report shows, with times where they are to be measured.</summary>
    internal static ReportContent Content(Model model, ModelReportOptions? options, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(model);
        options ??= new ModelReportOptions();
        options.Require();
        var first = new ReportedModel(model) { Name = options.Name, Evaluation = options.Evaluation, Training = options.Training };
        ReportedModel[] models = options.Against is null ? [first] : [first, options.Against];
        string[] names = Distinct([.. models.Select(each => each.Name ?? (each.Model.Metadata.Architecture is { Length: > 0 } architecture ? architecture : "network"))]);
        StepTimings[] timings = options.Time ? StepTimings.Measure([.. models.Select(each => each.Model)], cancellation) : [];
        return new ReportContent([.. models.Select((each, i) => new NamedModel(names[i], each, timings.ElementAtOrDefault(i)))], options.Explanations);
    }

    private static string[] Distinct(string[] names) => names is [string first, string second] && first == second ? [$"{first} (first)", $"{second} (second)"] : names;
}

/// <summary>What a report of a model has beside the model itself.</summary>
public sealed record ModelReportOptions
{
    /// <summary>The model's name in headings; <see langword="null"/> for its architecture. Two models of the same name are called first and second.</summary>
    public string? Name { get; init; }

    /// <summary>Its evaluation (<see cref="ImageClassifier.Evaluate(string, EvaluationOptions?, IProgress{int}?, CancellationToken)"/>), or <see langword="null"/> for none.</summary>
    public ClassificationReport? Evaluation { get; init; }

    /// <summary>The history of its training (<see cref="TrainingHistory.Read"/>), or an empty list.</summary>
    public IReadOnlyList<EpochRecord> Training { get; init; } = [];

    /// <summary>Whether to measure the time of one sample on one thread, and of each step of the plan, with the runtime <c>cpu</c>: a second or two for each model.</summary>
    public bool Time { get; init; }

    /// <summary>A second model that is shown beside the first, or <see langword="null"/>. Layers are joined by their names.</summary>
    public ReportedModel? Against { get; init; }

    /// <summary>Pictures that explain the model, in their order.</summary>
    public IReadOnlyList<ReportExplanation> Explanations { get; init; } = [];

    internal void Require()
    {
        OptionCheck.NotEmpty(Name, $"{nameof(ModelReportOptions)}.{nameof(Name)}");
        OptionCheck.NotNull(Training, $"{nameof(ModelReportOptions)}.{nameof(Training)}");
        OptionCheck.NotNull(Explanations, $"{nameof(ModelReportOptions)}.{nameof(Explanations)}");
        if (Against is not null)
        {
            OptionCheck.NotNull(Against.Model, $"{nameof(ReportedModel)}.{nameof(ReportedModel.Model)}");
            OptionCheck.NotNull(Against.Training, $"{nameof(ReportedModel)}.{nameof(Training)}");
            OptionCheck.NotEmpty(Against.Name, $"{nameof(ReportedModel)}.{nameof(Name)}");
        }
    }
}

/// <summary>The second model of a report.</summary>
/// <param name="Model">The model.</param>
public sealed record ReportedModel(Model Model)
{
    /// <inheritdoc cref="ModelReportOptions.Name"/>
    public string? Name { get; init; }

    /// <inheritdoc cref="ModelReportOptions.Evaluation"/>
    public ClassificationReport? Evaluation { get; init; }

    /// <inheritdoc cref="ModelReportOptions.Training"/>
    public IReadOnlyList<EpochRecord> Training { get; init; } = [];
}
