using Espalier.Data;

namespace Espalier;

/// <summary>The options of an evaluation.</summary>
public sealed record EvaluationOptions
{
    /// <summary>The rule by which the data's classes are matched to the model's outputs.</summary>
    public ClassRule Classes { get; init; }

    /// <summary>The maximum number of images, chosen by <see cref="MatchedDataset.Limit"/>; <see langword="null"/> for all.</summary>
    public int? Limit { get; init; }
}
