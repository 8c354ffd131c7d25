using System.Globalization;
using Espalier.Data;
using Espalier.Execution;
using Espalier.Graphs;

namespace Espalier.Training;

/// <summary>Checks before the first step that no norm computes batch statistics of a single value in any step.</summary>
/// <remarks>
/// Everything it depends on is known in advance: the batch sizes, including the last one of an epoch, their parts, the size of the images, and the random choices of stochastic depth, which are a function of
/// seed and step. Only unreadable images that are left out make a batch smaller; such a batch is refused at its step.
/// </remarks>
internal static class StepStatistics
{
    /// <exception cref="Espalier.Tensors.EspalierException">A norm would have a single value per channel; the message names the norm, the step and remedies.</exception>
    internal static void Require(Graph graph, TrainingRunOptions run, DataLoader data, TrainingOptions options)
    {
        var needs = new SampleNeeds(graph, run.OutputsOf(graph));
        var norms = new SingleValueNorms(graph, needs, run.IsFrozen);
        if (!norms.Any)
        {
            return;
        }

        bool draws = graph.Nodes.Any(node => node.Op is StochasticDepth);
        long steps = (draws ? options.Epochs : 1L) * data.BatchesPerEpoch; // without stochastic depth every epoch is like the first
        for (long step = 0; step < steps; step++)
        {
            int batch = (int)Math.Min(data.Options.BatchSize, data.SamplesPerEpoch - (step % data.BatchesPerEpoch * data.Options.BatchSize));
            foreach ((int first, int size) in PartsOf(batch, options.Parallel))
            {
                foreach ((int part, (_, int count)) in BatchParts.Of(size, options.Accumulation).Index())
                {
                    var pass = new TrainingPass(BatchParts.Draw(step, options.Accumulation, part)) { FirstSample = first };
                    needs.Update(count, new DepthDraws(graph, new TrainingDraws(run.Seed, pass), count));
                    norms.Require(count, Where(step, batch, count, part));
                }
            }
        }
    }

    // Norms are over each part of the batch, unless they are synchronized.
    private static IEnumerable<(int First, int Size)> PartsOf(int batch, DataParallel? parallel)
    {
        if (parallel is null || parallel.SynchronizeNorms)
        {
            yield return (0, batch);
            yield break;
        }

        BatchShare share = parallel.Share;
        for (int part = 0; part < share.Parts; part++)
        {
            yield return (share.StartOf(part, batch), share.StartOf(part + 1, batch) - share.StartOf(part, batch));
        }
    }

    private static string Where(long step, int batch, int count, int part) => string.Create(
        CultureInfo.InvariantCulture, $" at step {step + 1}{(count < batch ? $", part {part + 1} of a batch of {batch}" : "")}");
}
