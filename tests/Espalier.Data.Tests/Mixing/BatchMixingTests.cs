using Espalier.Tensors;

namespace Espalier.Data.Tests.Mixing;

public class BatchMixingTests
{
    private const int Count = 4;
    private const int Side = 6;

    [Fact]
    public void Mixup_blends_each_image_with_the_one_before_it()
    {
        Batch batch = NewBatch();
        MixedTargets targets = BatchMixing.Mixup(batch, 1, new CounterRandom(3));

        Assert.InRange(targets.Share, 0.01, 0.99);
        Assert.Equal([3, 0, 1, 2], targets.Partners);
        for (int i = 0; i < Count; i++)
        {
            float expected = (targets.Share * i) + ((1 - targets.Share) * ((i + Count - 1) % Count));
            Assert.All(Image(batch, i), value => Assert.Equal(expected, value, 1e-6f));
        }
    }

    [Fact]
    public void CutMix_takes_as_much_of_the_image_before_as_its_share_says()
    {
        for (ulong seed = 0; seed < 50; seed++)
        {
            Batch batch = NewBatch();
            MixedTargets targets = BatchMixing.CutMix(batch, 1, new CounterRandom(seed));
            for (int i = 0; i < Count; i++)
            {
                float[] image = Image(batch, i);
                Assert.True(image.All(value => value == i || value == (i + Count - 1) % Count), $"seed {seed}");
                Assert.Equal(targets.Share, image.Count(value => value == i) / (float)image.Length, 1e-6f);
                Assert.True(image.AsSpan(0, Side * Side).SequenceEqual(image.AsSpan(Side * Side)), $"seed {seed}: channels differ");
            }
        }
    }

    [Fact]
    public void Targets_are_written_as_probabilities()
    {
        float[] rows = new float[6];
        new MixedTargets([0, 1], [1, 1], 0.75f).Write(rows, 3);
        Assert.Equal([0.75f, 0.25f, 0, 0, 1, 0], rows);

        new MixedTargets([0, 1], [1, 1], 0.75f).Write(rows, 3, 0.3f);
        Assert.Equal([0.625f, 0.275f, 0.1f, 0.1f, 0.8f, 0.1f], rows.Select(value => MathF.Round(value, 5)));
        Assert.Throws<ArgumentException>(() => new MixedTargets([0], [0], 1).Write(rows, 3));
    }

    [Theory]
    [InlineData(0.2)]
    [InlineData(1.0)]
    [InlineData(3.0)]
    public void Shares_have_mean_and_variance_of_the_beta_distribution(double alpha)
    {
        const int Draws = 20_000;
        double[] shares = [.. Enumerable.Range(0, Draws).Select(i => BetaDistribution.Sample(alpha, new CounterRandom(9).Stream((ulong)i)))];
        double variance = 1 / (4 * ((2 * alpha) + 1));

        Assert.All(shares, share => Assert.InRange(share, 0, 1));
        Assert.InRange(shares.Average(), 0.5 - (5 * Math.Sqrt(variance / Draws)), 0.5 + (5 * Math.Sqrt(variance / Draws)));
        Assert.InRange(shares.Average(share => (share - 0.5) * (share - 0.5)), variance * 0.95, variance * 1.05);
        Assert.InRange(shares.Count(share => share < 0.5) / (double)Draws, 0.48, 0.52);
    }

    [Fact]
    public void With_alpha_0_nothing_is_mixed()
    {
        Batch batch = NewBatch();
        Assert.Equal(1, BatchMixing.Mixup(batch, 0, new CounterRandom(3)).Share);
        Assert.Equal(1, BatchMixing.CutMix(batch, 0, new CounterRandom(3)).Share);
        Assert.True(batch.Images.BitEquals(NewBatch().Images));
    }

    private static Batch NewBatch()
    {
        var images = Tensor.Zeros([Count, 2, Side, Side]);
        for (int i = 0; i < Count; i++)
        {
            images.Write<float>().Slice(i * 2 * Side * Side, 2 * Side * Side).Fill(i);
        }

        return new Batch(images, [0, 1, 2, 3], [0, 1, 2, 3]);
    }

    private static float[] Image(Batch batch, int index) => batch.Images.Read<float>().Slice(index * 2 * Side * Side, 2 * Side * Side).ToArray();
}
