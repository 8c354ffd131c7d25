using Espalier.Data;
using Espalier.Graphs;
using Espalier.Imaging;
using Espalier.Tensors;

namespace Espalier;

/// <summary>Compares models by their outputs and by their structure.</summary>
public static class ModelComparing
{
    private const int UsualBatch = 32;

    /// <summary>Runs two models on the same samples and compares their outputs. Each model uses its own preprocessing; if both have labels, classes are matched by name.</summary>
    /// <param name="first">The first model, such as the one before a change.</param>
    /// <param name="second">The second model.</param>
    /// <param name="data">The path of labelled images (as for <see cref="ImageClassifier.Evaluate(string, EvaluationOptions?, IProgress{int}?, CancellationToken)"/>) or of a folder of images without labels; <see langword="null"/> for a few random inputs.</param>
    /// <param name="options">How classes are matched, how many images count, and what runs the models.</param>
    /// <param name="cancellation">Checked between batches.</param>
    /// <exception cref="EspalierException">The models have different input or output shapes or different classes, their outputs are not finite, or the data does not exist.</exception>
    public static ModelComparison CompareWith(this Model first, Model second, string? data = null, ComparisonOptions? options = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        options ??= new ComparisonOptions();
        options.Require();
        if (!IsPossible(first, second))
        {
            throw new EspalierException("the networks have different input or output shapes, so they cannot be compared on the same samples");
        }

        ComparisonSamples samples = Open(ref first, data, options);
        Model labelled = ClassMatching.LabelSecond(second, first, samples.Images is { ClassNames.Count: > 0 } images ? images : null, options.Classes).Model;
        return samples.Compare(first, labelled, ("the first model", "the second model"), new SharedWork(null, cancellation));
    }

    /// <summary>Returns the nodes in which two networks differ.</summary>
    public static StructureDifference StructureDifferenceTo(this Graph first, Graph second)
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        return new StructureDifference(first, second);
    }

    /// <summary>Whether two models have the same input and output shapes.</summary>
    internal static bool IsPossible(Model first, Model second) => Takes(first) == Takes(second) && Makes(first) == Makes(second);

    /// <summary>Opens the samples on which a model is compared before and after a change.</summary>
    internal static ComparisonSamples Open(ref Model model, string? data, ComparisonOptions options)
    {
        if (data is null)
        {
            return new ComparisonSamples(options.Runtime, ThreadCount.Usual);
        }

        ArgumentException.ThrowIfNullOrEmpty(data);
        MatchedDataset images = ClassMatching.HoldsImages(data) ? ClassMatching.OpenUnlabelled(model, data, options.Decoding) : ClassMatching.OpenForEvaluation(ref model, [data], options.Classes, new DataSourceOptions { Decoding = options.Decoding });
        return new ComparisonSamples(options.Runtime, ThreadCount.Usual)
        {
            Name = data,
            Images = options.Limit is int limit ? images.Limit(limit) : images,
            Loading = new DataLoaderOptions { BatchSize = UsualBatch, Workers = ThreadCount.Usual, Prefetch = 1, Unreadable = UnreadableSamples.Skip },
        };
    }

    private static Shape Takes(Model model) => model.Graph.ShapeOf(model.Graph.Input.Name);

    private static Shape Makes(Model model) => model.Graph.ShapeOf(model.Graph.Outputs[0]);
}

/// <summary>How models are compared.</summary>
public sealed record ComparisonOptions
{
    /// <summary>How the data's classes are found among the models' outputs.</summary>
    public ClassRule Classes { get; init; }

    /// <summary>The maximum number of images, chosen by <see cref="MatchedDataset.Limit"/>, at least 1; <see langword="null"/> for all.</summary>
    public int? Limit { get; init; }

    /// <summary>How image files are decoded: EXIF orientation, and limits on pixels and bytes.</summary>
    public ImageDecodingOptions Decoding { get; init; } = ImageDecodingOptions.Default;

    /// <summary>What runs both models; <see langword="null"/> for <see cref="Runtimes.Cpu"/>.</summary>
    public IRuntime? Runtime { get; init; }

    internal void Require() => OptionCheck.AtLeast(Limit, 1, $"{nameof(ComparisonOptions)}.{nameof(Limit)}");
}
