using System.Collections.Immutable;
using Espalier.Execution;

namespace Espalier.Inference;

/// <summary>Decides whether a batch is computed layer by layer, or in passes of a few images through all layers.</summary>
/// <remarks>
/// Layer by layer, weights are read from memory once for the whole batch, but feature maps leave the caches before the next layer reads them; in passes it is the other way round. The
/// larger of the two decides (measured: docs/results/design.md). For small images, such as CIFAR's, a pass has as many as fit into a few MB.
/// Results do not depend on the choice: no image's result depends on its batch.
/// </remarks>
internal static class BatchPasses
{
    // Up to so many threads share an image's layers efficiently; more threads are better used by more images.
    private const int ThreadsOfImage = 2;

    // Activation memory of a pass, for small images: a few second-level caches of 1 MB, with enough work per layer to divide among threads.
    private const long BytesOfPass = 4 << 20;

    /// <summary>Number of images per pass.</summary>
    /// <param name="plan">The inference plan.</param>
    /// <param name="batch">Number of images in the batch.</param>
    /// <param name="threads">Number of threads.</param>
    internal static int ImagesAtOnce(InferencePlan plan, int batch, int threads) =>
        plan.MapsOutweighWeights
            ? (int)Math.Clamp(BytesOfPass / Math.Max(1, plan.ArenaLength * sizeof(float)), Math.Min(batch, Math.Max(1, threads / ThreadsOfImage)), batch)
            : batch;

    /// <summary>Whether the steps read and write more bytes per image than they have packed weights.</summary>
    internal static bool MapsOutweighWeights(ImmutableArray<Step> steps)
    {
        long maps = steps.Sum(step => BytesOf(step.Output) + step.Inputs.Sum(BytesOf));
        return maps > steps.Sum(step => step.PackedBytes);
    }

    private static long BytesOf(PlanValue value) => (long)value.Layout.LengthOf(1) * value.ElementBytes;
}
