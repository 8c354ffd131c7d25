using Espalier.Data;
using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Cli;

/// <summary>The samples that two models are run on: images, or random numbers.</summary>
/// <param name="context">Where unreadable images are told, and when to stop.</param>
/// <param name="threads">Threads that compute.</param>
internal sealed class VerifySamples(CliContext context, int threads)
{
    private const int RandomSamples = 4;

    /// <summary>What was asked for, for messages.</summary>
    internal string Name { get; init; } = "";

    /// <summary>The images, with the first model's outputs as classes; <see langword="null"/> for random numbers.</summary>
    internal MatchedDataset? Images { get; init; }

    /// <summary>How images are read.</summary>
    internal DataLoaderOptions Loading { get; init; } = new();

    /// <summary>Runs both models.</summary>
    /// <param name="first">The model that the samples were opened for.</param>
    /// <param name="second">The other one, which sees the same samples in its own preprocessing.</param>
    /// <param name="names">The names of the two in messages.</param>
    /// <exception cref="EspalierException">None of the images could be read, or the second model has other classes.</exception>
    internal ModelComparison Compare(Model first, Model second, (string First, string Second) names)
    {
        var comparison = new ModelComparison(first, second, names, threads, Images);
        try
        {
            if (Images is null)
            {
                comparison.AddRandom(RandomSamples, seed: 0);
                return comparison;
            }

            var loader = new DataLoader(Images, InputPipeline.Of(first), Loading);
            bool alike = first.Metadata.Preprocessing == second.Metadata.Preprocessing || second.Metadata.Preprocessing is null;
            comparison.Add(loader, alike ? null : new DataLoader(Images, InputPipeline.Of(second), Loading), context.Cancellation);
            foreach (SampleFailure failure in loader.Failures)
            {
                context.Terminal.Warn(failure.ToString());
            }

            return comparison.Samples > 0 ? comparison : throw new EspalierException($"{Name}: none of the images could be read");
        }
        catch
        {
            comparison.Dispose();
            throw;
        }
    }
}
