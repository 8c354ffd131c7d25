using Espalier.Tensors;

namespace Espalier.Training;

/// <summary>Mixes the images of a batch with each other, and their targets in the same shares: mixup (Zhang 2018) or CutMix (Yun 2019).</summary>
/// <remarks>Each image meets the one before it, which is as good as any other in a shuffled batch (torchvision's references do the same). Where both kinds are on, each batch gets one of them, drawn with even odds.</remarks>
public readonly record struct Mixing()
{
    private const ulong KindDraw = 0;
    private const ulong CentreDraw = 1; // and the one after it

    /// <summary>α of mixup: shares are drawn from Beta(α, α). 0 for no mixup; the paper has 0.1 to 0.4 on ImageNet and 1 on CIFAR.</summary>
    public double MixupAlpha { get; init; }

    /// <summary>α of CutMix: the rectangle's area is drawn from Beta(α, α). 0 for no CutMix; the paper has 1.</summary>
    public double CutMixAlpha { get; init; }

    /// <summary>Whether anything is mixed.</summary>
    public bool IsOn => MixupAlpha > 0 || CutMixAlpha > 0;

    /// <summary>Mixes the images in place.</summary>
    /// <param name="images">Float32, [images, channels, height, width].</param>
    /// <param name="targets">Their targets.</param>
    /// <param name="random">Numbers for this batch alone.</param>
    /// <returns>The mixed targets.</returns>
    public TargetDistribution Apply(Tensor images, TargetDistribution targets, CounterRandom random)
    {
        ArgumentNullException.ThrowIfNull(images);
        ArgumentNullException.ThrowIfNull(targets);
        if (!IsOn)
        {
            return targets;
        }

        bool cut = CutMixAlpha > 0 && (MixupAlpha <= 0 || random.Uniform(KindDraw) < 0.5);
        double share = BetaDistribution.Symmetric(cut ? CutMixAlpha : MixupAlpha, random.Stream("share"));
        if (cut)
        {
            share = Cut(images, share, random);
        }
        else
        {
            Blend(images, share);
        }

        return targets.MixedWithPrevious(share);
    }

    private static void Blend(Tensor images, double share)
    {
        (float own, float other) = ((float)share, (float)(1 - share));
        Span<float> all = images.Write<float>();
        int sample = all.Length / images.Shape[0];
        float[] last = all[^sample..].ToArray();
        for (int at = all.Length - sample; at >= 0; at -= sample)
        {
            ReadOnlySpan<float> previous = at == 0 ? last : all.Slice(at - sample, sample);
            Span<float> current = all.Slice(at, sample);
            for (int i = 0; i < sample; i++)
            {
                current[i] = (own * current[i]) + (other * previous[i]);
            }
        }
    }

    /// <summary>Puts a rectangle of each image's predecessor over it. Returns the share that is left, which is more than drawn where the rectangle lies partly outside.</summary>
    private static double Cut(Tensor images, double share, CounterRandom random)
    {
        (int height, int width) = (images.Shape[2], images.Shape[3]);
        double side = Math.Sqrt(1 - share) / 2;
        (int top, int bottom) = Range(random.Below(CentreDraw, height), side * height, height);
        (int left, int right) = Range(random.Below(CentreDraw + 1, width), side * width, width);
        Span<float> all = images.Write<float>();
        int sample = all.Length / images.Shape[0];
        float[] last = all[^sample..].ToArray();
        for (int at = all.Length - sample; at >= 0; at -= sample)
        {
            ReadOnlySpan<float> previous = at == 0 ? last : all.Slice(at - sample, sample);
            Copy(previous, all.Slice(at, sample), width, height, (top, bottom), (left, right));
        }

        return 1 - ((double)(bottom - top) * (right - left) / (height * width));
    }

    private static (int From, int To) Range(long centre, double half, int extent) =>
        ((int)Math.Max(0, centre - half), (int)Math.Min(extent, centre + half));

    private static void Copy(ReadOnlySpan<float> from, Span<float> to, int width, int height, (int From, int To) rows, (int From, int To) columns)
    {
        for (int plane = 0; plane < to.Length; plane += width * height)
        {
            for (int y = rows.From; y < rows.To; y++)
            {
                int start = plane + (y * width) + columns.From;
                int length = columns.To - columns.From;
                from.Slice(start, length).CopyTo(to.Slice(start, length));
            }
        }
    }
}
