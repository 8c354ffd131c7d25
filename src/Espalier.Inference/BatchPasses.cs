using System.Collections.Immutable;
using Espalier.Execution;

namespace Espalier.Inference;

/// <summary>Whether a batch goes through a network layer by layer or in passes of a few images, each through all layers.</summary>
/// <remarks>
/// Layer by layer, weights come from memory once for the whole batch, but maps leave the caches before the next layer reads them; in passes it is the other way round. So what is
/// larger decides. Against the whole batch at once, batches of 8 in passes take, on one thread: ResNet-50 with 80 % zeros a fifth, DenseNet-121 a sixth and MobileNet v2 an eighth less; ResNet-50 and
/// VGG-16, whose weights outweigh their maps, would take longer. Of small images, as CIFAR's, a pass has as many as a few MB hold. Results do not depend on it: no image's numbers depend on its batch.
/// </remarks>
internal static class BatchPasses
{
    // Threads that share an image's layers well; more of them are better used by more images.
    private const int ThreadsOfImage = 2;

    // Activation memory of a pass, where images are small: some second-level caches of 1 MB, and enough work in a layer to be worth sharing.
    private const long BytesOfPass = 4 << 20;

    /// <summary>Images of one pass.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="batch">Images.</param>
    /// <param name="threads">Threads that share the work.</param>
    internal static int ImagesAtOnce(InferencePlan plan, int batch, int threads) =>
        plan.MapsOutweighWeights
            ? (int)Math.Clamp(BytesOfPass / Math.Max(1, plan.ArenaLength * sizeof(float)), Math.Min(batch, Math.Max(1, threads / ThreadsOfImage)), batch)
            : batch;

    /// <summary>Whether the steps read and write more numbers of an image than they have packed weights.</summary>
    internal static bool MapsOutweighWeights(ImmutableArray<Step> steps)
    {
        long maps = steps.Sum(step => step.Output.Layout.LengthOf(1) + step.Inputs.Sum(input => (long)input.Layout.LengthOf(1)));
        return maps * sizeof(float) > steps.Sum(step => step.PackedBytes);
    }
}
