using Espalier.Data;
using Espalier.Tensors;

namespace Espalier;

/// <summary>The options of an evaluation.</summary>
public sealed record EvaluationOptions
{
    /// <summary>The rule by which the data's classes are matched to the model's outputs.</summary>
    public ClassRule Classes { get; init; }

    /// <summary>The maximum number of images, chosen by <see cref="MatchedDataset.Limit"/>, at least 1; <see langword="null"/> for all.</summary>
    public int? Limit { get; init; }

    /// <summary>The number of images of the largest loss that the report lists (<see cref="ClassificationReport.Worst"/>); at least 0.</summary>
    public int Worst { get; init; }

    internal void Require()
    {
        OptionCheck.AtLeast(Limit, 1, $"{nameof(EvaluationOptions)}.{nameof(Limit)}");
        OptionCheck.AtLeast<int>(Worst, 0, $"{nameof(EvaluationOptions)}.{nameof(Worst)}");
    }
}
