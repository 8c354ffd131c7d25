using Espalier.Data;
using Espalier.Tensors;

namespace Espalier;

/// <summary>How a classifier is measured on data.</summary>
public sealed record EvaluationOptions
{
    /// <summary>How the data's classes are found among the model's outputs.</summary>
    public ClassRule Classes { get; init; }

    /// <summary>The first so many images only, at least 1; <see langword="null"/> for all.</summary>
    public int? Limit { get; init; }

    internal void Require() => OptionCheck.AtLeast(Limit, 1, $"{nameof(EvaluationOptions)}.{nameof(Limit)}");
}
