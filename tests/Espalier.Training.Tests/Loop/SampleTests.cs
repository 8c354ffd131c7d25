using Espalier.Tensors;
using Espalier.Testing;
using OwnExtension;
using OwnLoss;

namespace Espalier.Training.Tests.Loop;

/// <summary>The samples do what they say.</summary>
public sealed class SampleTests
{
    [Theory]
    [InlineData(typeof(FocalLoss), "focal_gamma")]
    [InlineData(typeof(GradientCentralization), "gradient_centralization")]
    public void Programs_train_and_their_settings_are_in_the_lineage(Type own, string setting)
    {
        string[] lines = SampleProgram.Run(own);

        Assert.Equal(4, lines.Length);
        double[] losses = [.. lines[..3].Select(line => double.Parse(line.Split("loss ")[1].Split(',')[0], System.Globalization.CultureInfo.InvariantCulture))];
        Assert.True(losses[2] < losses[0], string.Join('\n', lines));
        Assert.Contains(setting, lines[3], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(0.5)]
    [InlineData(2)]
    public void The_gradient_of_the_focal_loss_is_that_of_finite_differences(double gamma)
    {
        const double Step = 1e-3;
        float[] logits = [0.5f, -1, 2, 0.25f, 1.5f, -0.75f];
        TargetDistribution targets = TargetDistribution.Of([1, 0], 3, 0.1);
        var loss = new FocalLoss(gamma);
        float[] gradient = new float[logits.Length];
        double at = Compute(loss, logits, targets, gradient);

        for (int i = 0; i < logits.Length; i++)
        {
            float[] up = [.. logits], down = [.. logits];
            up[i] += (float)Step;
            down[i] -= (float)Step;
            double slope = (Compute(loss, up, targets, new float[6]) - Compute(loss, down, targets, new float[6])) / ((double)up[i] - down[i]);
            Assert.Equal(slope, gradient[i], 1e-4);
        }

        if (gamma == 0)
        {
            float[] expected = new float[logits.Length];
            Assert.Equal(CrossEntropy.Compute(logits, targets, 0.5, expected), at, 1e-6);
            Assert.Equal(expected, gradient, (a, b) => Math.Abs(a - b) < 1e-6);
        }
    }

    private static double Compute(FocalLoss loss, float[] logits, TargetDistribution targets, float[] gradient) =>
        loss.Compute(new ObjectiveBatch { Images = Tensor.Zeros([2, 1]), Logits = logits, Targets = targets, Weight = 0.5 }, gradient);
}
