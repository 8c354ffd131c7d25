using Espalier.Graphs;

namespace Espalier;

/// <summary>What a report shows.</summary>
/// <param name="Models">One model, or two that are compared.</param>
/// <param name="Explanations">The explanations, in their order.</param>
internal sealed record ReportContent(IReadOnlyList<NamedModel> Models, IReadOnlyList<ReportExplanation> Explanations)
{
    /// <summary>The title of the page.</summary>
    internal string Title => string.Join(" and ", Models.Select(model => model.Name));
}

/// <summary>A model of a report.</summary>
/// <param name="Name">Its name, which no other model of the report has.</param>
/// <param name="Given">The model with its evaluation and history.</param>
/// <param name="Timings">Its times, or <see langword="null"/> if they were not measured.</param>
internal sealed record NamedModel(string Name, ReportedModel Given, StepTimings? Timings)
{
    internal Model Model => Given.Model;
}
