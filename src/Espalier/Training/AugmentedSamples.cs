using Espalier.Data;
using Espalier.Imaging;
using Espalier.Tensors;
using Espalier.Training;

namespace Espalier;

/// <summary>A training image as the network gets it: cropped, augmented and mixed, in bytes again.</summary>
/// <param name="Image">The image.</param>
/// <param name="Classes">Its class with a fraction of 1; with mixing also that of the image that was mixed into it, the larger fraction first.</param>
internal sealed record AugmentedSample(Image Image, IReadOnlyList<(string Label, double Fraction)> Classes);

/// <summary>The first training images of an epoch, for people who look at the augmentation. They are made again from seed, epoch and sample by a loader of their own, so that a training run that is looked at does nothing else than one that is not.</summary>
/// <param name="data">The loader of the training run, which is not read.</param>
/// <param name="options">The options of the training run.</param>
internal sealed class AugmentedSamples(DataLoader data, TrainingOptions options)
{
    /// <summary>Makes the first images of an epoch; without those that cannot be read. May be called by any thread.</summary>
    /// <param name="epoch">The epoch, from 0.</param>
    /// <param name="count">The most images; at most those of the first batch, and with mixing of its first part.</param>
    /// <exception cref="EspalierException">An image cannot be read, and the training run stops at such.</exception>
    internal IReadOnlyList<AugmentedSample> Read(int epoch, int count)
    {
        DataLoaderOptions own = data.Options with { Workers = 0, Prefetch = 0 };
        own = options.Mixing.IsOn
            ? own with { Share = own.Share with { Count = 1 } } // the first part, since any of its images may be mixed into another
            : own with { BatchSize = Math.Min(count, own.BatchSize), Share = BatchShare.Whole };
        var loader = new DataLoader(data.Dataset, data.Pipeline, own) { Position = new DataPosition(epoch, 0) };
        if (loader.ReadEpoch().FirstOrDefault() is not { } batch)
        {
            return [];
        }

        long step = ((long)loader.Position.Epoch * loader.BatchesPerEpoch) + loader.Position.Batch - 1; // the position is already that of the next batch
        IReadOnlyList<string> labels = data.Dataset.Labels;
        TargetDistribution targets = options.Mixing.Apply(batch, labels.Count, smoothing: 0, Mixing.Random(options.Seed).Stream((ulong)step));
        int length = (int)data.Pipeline.Shape.Count;
        return
        [
            .. Enumerable.Range(0, Math.Min(count, batch.Count)).Select(i => new AugmentedSample(
                InputImage.Of(batch.Images.Read<float>().Slice(i * length, length), data.Pipeline.Shape, data.Pipeline.Normalization),
                Classes(targets[i], labels))),
        ];
    }

    private static (string Label, double Fraction)[] Classes(ReadOnlySpan<float> target, IReadOnlyList<string> labels)
    {
        var classes = new List<(string Label, double Fraction)>();
        for (int i = 0; i < target.Length; i++)
        {
            if (target[i] > 0)
            {
                classes.Add((labels[i], target[i]));
            }
        }

        return [.. classes.OrderByDescending(each => each.Fraction)];
    }
}
