using System.Globalization;
using Espalier.Data;
using Espalier.Execution;
using Espalier.Graphs;

namespace Espalier.Training;

/// <summary>Refuses a training before its first step if a norm would take its statistics of a single value in any of them.</summary>
/// <remarks>
/// All that decides it is known by then: the batches, an epoch's last one included, their parts, the size of the images, and the draws, which are a pure function of
/// seed and step. Only images that cannot be read, and are left out, make a batch smaller; such a batch is refused when it comes.
/// </remarks>
internal static class StepStatistics
{
    /// <exception cref="Espalier.Tensors.EspalierException">One would; the message names norm, step and remedies.</exception>
    internal static void Require(Graph graph, TrainingRunOptions run, DataLoader data, TrainingOptions options)
    {
        var needs = new SampleNeeds(graph);
        var norms = new SingleValueNorms(graph, needs, run.IsFrozen);
        if (!norms.Any)
        {
            return;
        }

        bool draws = graph.Nodes.Any(node => node.Op is StochasticDepth);
        long steps = (draws ? options.Epochs : 1L) * data.BatchesPerEpoch; // without draws every epoch is like the first
        for (long step = 0; step < steps; step++)
        {
            int batch = (int)Math.Min(data.Options.BatchSize, data.SamplesPerEpoch - (step % data.BatchesPerEpoch * data.Options.BatchSize));
            foreach ((int part, (_, int count)) in BatchParts.Of(batch, options.Accumulation).Index())
            {
                needs.Update(count, new DepthDraws(graph, new TrainingDraws(run.Seed, BatchParts.Draw(step, options.Accumulation, part)), count));
                norms.Require(count, Where(step, batch, count, part));
            }
        }
    }

    private static string Where(long step, int batch, int count, int part) => string.Create(
        CultureInfo.InvariantCulture, $" at step {step + 1}{(count < batch ? $", part {part + 1} of a batch of {batch}" : "")}");
}
