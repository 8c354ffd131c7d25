using Espalier.Data;
using Espalier.Graphs;
using Espalier.Tensors;
using Espalier.Training;

namespace Espalier;

/// <summary>The images of a pruning: for criteria, accuracy and recovery.</summary>
/// <param name="data">The training set and the validation set.</param>
/// <param name="cancellation">Cancels computations.</param>
internal sealed class PruningData(MatchedTrainingData data, CancellationToken cancellation)
{
    private readonly SortedDictionary<string, SampleFailure> _failures = new(StringComparer.Ordinal); // by name, since the training and the validation set number their samples separately

    /// <summary>The name of the data in the lineage.</summary>
    internal required string Name { get; init; }

    /// <summary>The number of images that criteria are computed on.</summary>
    internal required int Samples { get; init; }

    /// <summary>The batch size.</summary>
    internal required int Batch { get; init; }

    /// <summary>The number of threads for computation and for decoding.</summary>
    internal required int Threads { get; init; }

    /// <summary>What runs models.</summary>
    internal IRuntime Runtime { get; init; } = Runtimes.Cpu;

    /// <summary>The training set and the validation set.</summary>
    internal MatchedTrainingData Matched => data;

    /// <summary>The images that could not be read so far, in the order of their names. Those of a recovery are not among them.</summary>
    internal IReadOnlyList<SampleFailure> Failures => [.. _failures.Values];

    /// <summary>What users should know about the images that were read so far.</summary>
    internal IReadOnlyList<string> Notes => [.. data.Notes, .. data.Training.Notes.Union(data.Validation.Notes), .. Failures.Select(failure => $"{failure} (not read)")];

    /// <summary>The top-1 accuracy of a model on the validation set, from 0 to 1.</summary>
    internal double Accuracy(Model model)
    {
        var validator = new Validator(data.Validation, InputPipeline.Of(model), Threads) { Runtime = Runtime };
        try
        {
            return validator.Measure(model, cancellation).Accuracy;
        }
        finally
        {
            Keep(validator.Failures);
        }
    }

    /// <summary>The gradients of a model's loss, by parameter.</summary>
    internal Func<string, Tensor> Gradients(Model model)
    {
        DataLoader loader = Loader(model, Math.Min(Batch, data.Training.Count), data.Training);
        IReadOnlyDictionary<string, Tensor> gradients = LossGradients.Of(model, loader, Samples, Threads, Runtime, cancellation);
        Keep(loader.Failures);
        return name => gradients.TryGetValue(name, out Tensor? gradient)
            ? gradient
            : throw new EspalierException($"{name} is not a weight of a convolution or a linear layer, so its gradient was not computed; exclude it, or rank by magnitude");
    }

    /// <summary>The images that criteria are computed on, at most one batch.</summary>
    internal Tensor Sample(Model model)
    {
        int count = Math.Min(Math.Min(Batch, Samples), data.Validation.Count);
        DataLoader loader = Loader(model, count, data.Validation);
        Tensor images = loader.ReadEpoch(cancellation).First().Images.Copy();
        Keep(loader.Failures);
        return images;
    }

    private void Keep(IEnumerable<SampleFailure> failures)
    {
        foreach (SampleFailure failure in failures)
        {
            _failures.TryAdd(failure.Name, failure);
        }
    }

    private DataLoader Loader(Model model, int batch, IDataset images) => new(images, InputPipeline.Of(model), new DataLoaderOptions
    {
        BatchSize = batch,
        Shuffle = true, // files are often ordered by class
        Workers = Math.Max(1, Threads),
        Unreadable = UnreadableSamples.Replace,
    });
}
