using System.Buffers;
using Espalier.Tensors;

namespace Espalier.Data;

/// <summary>Mixes the images of a batch with each other, in place. The partner of each image is the previous one, that of the first image the last one, as in torchvision's reference training.</summary>
/// <remarks>Partners are only as random as the order of the samples, so batches should be shuffled. One mixing ratio is drawn for the whole batch.</remarks>
internal static class BatchMixing
{
    /// <summary>Blends each image with its partner (Zhang et al., "mixup: Beyond Empirical Risk Minimization", ICLR 2018).</summary>
    /// <param name="batch">The batch; its images are modified, its labels are not.</param>
    /// <param name="alpha">The mixing ratio is drawn from Beta(alpha, alpha); 0.2 is common for ImageNet.</param>
    /// <param name="random">Random numbers of this batch.</param>
    public static MixedTargets Mixup(Batch batch, double alpha, CounterRandom random)
    {
        ArgumentNullException.ThrowIfNull(batch);
        float share = (float)BetaDistribution.Sample(alpha, random.Stream("share"));
        int length = Length(batch);
        WithPartners(batch, (images, partner, at) =>
        {
            Span<float> image = images.Slice(at, length);
            for (int i = 0; i < image.Length; i++)
            {
                image[i] = (share * image[i]) + ((1 - share) * partner[i]);
            }
        });
        return Targets(batch, share);
    }

    /// <summary>Copies a rectangle of its partner into each image, at the same position for all (Yun et al., "CutMix", ICCV 2019).</summary>
    /// <param name="batch">The batch; its images are modified, its labels are not.</param>
    /// <param name="alpha">The fraction of the image that is kept is drawn from Beta(alpha, alpha), before the rectangle is clipped to the image; 1 is common.</param>
    /// <param name="random">Random numbers of this batch.</param>
    public static MixedTargets CutMix(Batch batch, double alpha, CounterRandom random)
    {
        ArgumentNullException.ThrowIfNull(batch);
        Shape shape = batch.Images.Shape;
        (int height, int width) = (shape[2], shape[3]);
        (int left, int top, int right, int bottom) = Rectangle(width, height, BetaDistribution.Sample(alpha, random.Stream("share")), random);
        WithPartners(batch, (images, partner, at) =>
        {
            for (int row = 0; row < shape[1] * height; row++)
            {
                if (row % height >= top && row % height < bottom)
                {
                    int start = (row * width) + left;
                    partner.Slice(start, right - left).CopyTo(images[(at + start)..]);
                }
            }
        });
        return Targets(batch, 1 - ((float)(right - left) * (bottom - top) / (width * height)));
    }

    /// <summary>The partner's rectangle for a given fraction kept, around a random point, clipped to the image.</summary>
    internal static (int Left, int Top, int Right, int Bottom) Rectangle(int width, int height, double share, CounterRandom random)
    {
        double half = 0.5 * Math.Sqrt(1 - share);
        int x = (int)random.Below(0, width), y = (int)random.Below(1, height);
        int halfWidth = (int)(half * width), halfHeight = (int)(half * height);
        return (Math.Max(x - halfWidth, 0), Math.Max(y - halfHeight, 0), Math.Min(x + halfWidth, width), Math.Min(y + halfHeight, height));
    }

    private static MixedTargets Targets(Batch batch, float share) => new(batch.Labels, [batch.Labels[^1], .. batch.Labels[..^1]], share);

    private static int Length(Batch batch) => (int)(batch.Images.Shape.Count / batch.Count);

    /// <summary>Calls an action for each image with its unmodified partner, from the last to the first, so that only the last image needs a copy.</summary>
    private static void WithPartners(Batch batch, PartnerAction action)
    {
        int length = Length(batch);
        Span<float> images = batch.Images.Write<float>();
        float[] last = ArrayPool<float>.Shared.Rent(length);
        images[^length..].CopyTo(last);
        for (int i = batch.Count - 1; i >= 0; i--)
        {
            action(images, i == 0 ? last.AsSpan(0, length) : images.Slice((i - 1) * length, length), i * length);
        }

        ArrayPool<float>.Shared.Return(last);
    }

    private delegate void PartnerAction(Span<float> images, ReadOnlySpan<float> partner, int at);
}
