using Espalier.Data;
using Espalier.Graphs;
using Espalier.Tensors;
using Espalier.Training;

namespace Espalier;

/// <summary>Images that pruning looks at.</summary>
/// <param name="data">Those to learn from and those to measure on.</param>
/// <param name="cancellation">When to stop.</param>
internal sealed class PruningData(MatchedTrainingData data, CancellationToken cancellation)
{
    /// <summary>What the lineage calls them.</summary>
    internal required string Name { get; init; }

    /// <summary>How many of them scores are taken from.</summary>
    internal required int Samples { get; init; }

    /// <summary>Images in one pass.</summary>
    internal required int Batch { get; init; }

    /// <summary>Threads that compute and decode.</summary>
    internal required int Threads { get; init; }

    /// <summary>What runs models.</summary>
    internal IRuntime Runtime { get; init; } = Runtimes.Cpu;

    /// <summary>Those to learn from and those to measure on.</summary>
    internal MatchedTrainingData Matched => data;

    /// <summary>The share of the images to measure on that a model is right about.</summary>
    internal double Accuracy(Model model) => new Validator(data.Validation, InputPipeline.Of(model), Threads) { Runtime = Runtime }.Measure(model, cancellation).Accuracy;

    /// <summary>The gradients of a model's loss, by parameter.</summary>
    internal Func<string, Tensor> Gradients(Model model)
    {
        IReadOnlyDictionary<string, Tensor> gradients = LossGradients.Of(model, Loader(model, Math.Min(Batch, data.Training.Count), data.Training), Samples, Threads, Runtime, cancellation);
        return name => gradients.TryGetValue(name, out Tensor? gradient)
            ? gradient
            : throw new EspalierException($"{name} is no weight of a convolution or a linear layer, so no gradient was taken of it; exclude it, or rank by magnitude");
    }

    /// <summary>As many images as scores are taken from, in one batch at most.</summary>
    internal Tensor Sample(Model model)
    {
        int count = Math.Min(Math.Min(Batch, Samples), data.Validation.Count);
        return Loader(model, count, data.Validation).ReadEpoch(cancellation).First().Images.Copy();
    }

    private DataLoader Loader(Model model, int batch, IDataset images) => new(images, InputPipeline.Of(model), new DataLoaderOptions
    {
        BatchSize = batch,
        Shuffle = true, // files often lie class by class
        Workers = Math.Max(1, Threads),
        Unreadable = UnreadableSamples.Replace,
    });
}
