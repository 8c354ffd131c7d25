using Espalier.Data;
using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier;

/// <summary>The samples that two models are compared on: images or random inputs.</summary>
/// <param name="runtime">What runs the models; <see langword="null"/> for the CPU's vector kernels.</param>
/// <param name="threads">The number of threads.</param>
internal sealed class ComparisonSamples(IRuntime? runtime, int threads)
{
    private const int RandomSamples = 4;

    /// <summary>The path of the data, for messages.</summary>
    internal string Name { get; init; } = "";

    /// <summary>The images, with the first model's outputs as classes; <see langword="null"/> for random inputs.</summary>
    internal MatchedDataset? Images { get; init; }

    /// <summary>The options of the data loader.</summary>
    internal DataLoaderOptions Loading { get; init; } = new();

    /// <summary>The same samples, run by another runtime.</summary>
    internal ComparisonSamples On(IRuntime other) => new(other, threads) { Name = Name, Images = Images, Loading = Loading };

    /// <summary>Runs and compares both models.</summary>
    /// <param name="first">The model that the samples were opened for.</param>
    /// <param name="second">The other model, which gets the same images in its own preprocessing.</param>
    /// <param name="names">The names of the two models in messages.</param>
    /// <param name="work">The processes that share the images, and what cancels them; checked between batches.</param>
    /// <exception cref="EspalierException">None of the images could be read, or the second model has different classes.</exception>
    internal ModelComparison Compare(Model first, Model second, (string First, string Second) names, SharedWork work)
    {
        using var run = new ComparisonRun(first, second, names, runtime ?? Runtimes.Cpu, threads, Images);
        if (Images is null)
        {
            run.AddRandom(RandomSamples, seed: 0);
            return run.Result([]);
        }

        var batches = new SharedBatches(Images, Loading, work);
        bool alike = first.Metadata.Preprocessing == second.Metadata.Preprocessing || second.Metadata.Preprocessing is null;
        run.Add(batches, InputPipeline.Of(first), alike ? null : InputPipeline.Of(second), work);
        return run.Samples > 0 ? run.Result(batches.Failures) : throw new EspalierException($"{Name}: none of the images could be read; the first: {batches.Failures[0]}");
    }
}
