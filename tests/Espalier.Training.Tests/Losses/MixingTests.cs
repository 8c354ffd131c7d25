using Espalier.Data;
using Espalier.Tensors;

namespace Espalier.Training.Tests.Losses;

public sealed class MixingTests
{
    [Fact]
    public void Both_kinds_take_turns_and_targets_have_the_images_shares()
    {
        int blended = 0;
        for (ulong seed = 0; seed < 40; seed++)
        {
            Batch batch = Ones();
            TargetDistribution targets = new Mixing { MixupAlpha = 1, CutMixAlpha = 1 }.Apply(batch, 2, 0, new CounterRandom(seed));
            ReadOnlySpan<float> first = batch.Images.Read<float>()[..64];
            blended += first.ContainsAnyExcept(0, 1) ? 1 : 0;
            double mean = first.ToArray().Average(); // the first image is 0, its partner 1
            Assert.True(Math.Abs(mean - targets[0][1]) < 1e-5, $"seed {seed}: {mean} of the image, {targets[0][1]} of the target");
        }

        Assert.InRange(blended, 10, 30);
    }

    [Fact]
    public void Without_mixing_nothing_changes_and_labels_are_smoothed()
    {
        Batch batch = Ones();
        TargetDistribution targets = new Mixing().Apply(batch, 2, 0.2, new CounterRandom(1));
        Assert.Equal([0.9f, 0.1f, 0.1f, 0.9f], targets.Probabilities.ToArray());
        Assert.Equal(64, batch.Images.Read<float>().ToArray().Sum());
    }

    /// <summary>Two images of 8x8: all 0 and all 1.</summary>
    private static Batch Ones()
    {
        Tensor images = Tensor.Zeros([2, 1, 8, 8]);
        images.Write<float>()[64..].Fill(1);
        return new Batch(images, [0, 1], [0, 1]);
    }
}
