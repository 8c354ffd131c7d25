using Espalier.Tensors;
using Espalier.Testing;

namespace Espalier.Training.Tests.Losses;

public sealed class MixingTests
{
    private static readonly CounterRandom Random = new(7);

    [Fact]
    public void Mixup_mixes_images_and_targets_in_one_share()
    {
        Tensor before = CounterFill.Stream("mixup", [3, 2, 4, 4], -1, 2);
        Tensor after = before.Copy();
        TargetDistribution targets = new Mixing { MixupAlpha = 1 }.Apply(after, TargetDistribution.Of([0, 1, 2], 3), Random);
        double share = targets[0][0];
        Assert.InRange(share, 0.001, 0.999);
        for (int image = 0; image < 3; image++)
        {
            int previous = (image + 2) % 3;
            Assert.Equal((float)share, targets[image][image]);
            Assert.Equal(1 - share, targets[image][previous], 1e-6);
            for (int i = 0; i < 32; i++)
            {
                double expected = (share * before.Read<float>()[(image * 32) + i]) + ((1 - share) * before.Read<float>()[(previous * 32) + i]);
                Assert.Equal(expected, after.Read<float>()[(image * 32) + i], 1e-6);
            }
        }
    }

    [Fact]
    public void Cutmix_takes_each_pixel_whole_from_one_image_in_the_targets_share()
    {
        for (ulong seed = 0; seed < 20; seed++)
        {
            Tensor images = Tensor.Zeros([3, 2, 8, 10]);
            for (int i = 0; i < images.Shape.Count; i++)
            {
                images.Write<float>()[i] = i / 160; // each image is its own number
            }

            TargetDistribution targets = new Mixing { CutMixAlpha = 1 }.Apply(images, TargetDistribution.Of([0, 1, 2], 3), new CounterRandom(seed));
            for (int image = 0; image < 3; image++)
            {
                float[] pixels = images.Read<float>().Slice(image * 160, 160).ToArray();
                Assert.All(pixels, pixel => Assert.True(pixel == image || pixel == (image + 2) % 3, $"seed {seed}"));
                Assert.Equal(pixels.Count(pixel => pixel == image) / 160.0, targets[image][image], 1e-6);
                Assert.Equal(pixels.AsSpan(0, 80), pixels.AsSpan(80)); // the same rectangle of both channels
            }
        }
    }

    [Fact]
    public void Both_kinds_take_turns_and_none_changes_nothing()
    {
        int blended = 0;
        for (ulong seed = 0; seed < 40; seed++)
        {
            Tensor images = Tensor.From<float>([2, 1, 1, 2], [0, 0, 1, 1]);
            new Mixing { MixupAlpha = 1, CutMixAlpha = 1 }.Apply(images, TargetDistribution.Of([0, 1], 2), new CounterRandom(seed));
            blended += images.Read<float>()[0] is not (0 or 1) ? 1 : 0;
        }

        Assert.InRange(blended, 10, 30);
        Tensor untouched = CounterFill.Stream("x", [2, 1, 2, 2], -1, 2);
        TargetDistribution targets = TargetDistribution.Of([0, 1], 2);
        Assert.Same(targets, new Mixing().Apply(untouched, targets, Random));
        Assert.True(untouched.BitEquals(CounterFill.Stream("x", [2, 1, 2, 2], -1, 2)));
    }

    [Theory]
    [InlineData(0.2)]
    [InlineData(1)]
    [InlineData(3)]
    public void Shares_have_the_mean_and_variance_of_beta(double alpha)
    {
        const int Draws = 20_000;
        double[] shares = [.. Enumerable.Range(0, Draws).Select(i => BetaDistribution.Symmetric(alpha, Random.Stream((ulong)i)))];
        double mean = shares.Average();
        double variance = shares.Average(share => (share - mean) * (share - mean));
        double expected = 1 / (4 * ((2 * alpha) + 1));
        double deviation = Math.Sqrt(expected / Draws); // of the mean of so many draws
        Assert.InRange(mean, 0.5 - (5 * deviation), 0.5 + (5 * deviation));
        Assert.InRange(variance / expected, 0.95, 1.05); // its own deviation is below one percent
    }
}
