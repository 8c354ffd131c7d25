using System.Text.Json;
using Espalier.Tensors;
using Espalier.Testing;
using Espalier.Training.Tests.Support;

namespace Espalier.Training.Tests.Losses;

public sealed class LossTests
{
    [Theory]
    [InlineData("labels")]
    [InlineData("large")]
    [InlineData("smoothing")]
    [InlineData("soft")]
    [InlineData("distillation")]
    public void Value_and_gradient_are_pytorchs(string name)
    {
        JsonElement expected = TrainingFixture.Case("losses", name);
        (int images, int classes, float scale) = (expected.GetProperty("images").GetInt32(), expected.GetProperty("classes").GetInt32(), expected.GetProperty("scale").GetSingle());
        float[] logits = Stream($"{name}/logits", images * classes, scale);
        TargetDistribution targets = name == "soft"
            ? TargetDistribution.Of(CounterFill.Stream("soft/targets", [images * classes], 0, 1).Read<float>(), classes)
            : TargetDistribution.Of([.. Enumerable.Range(0, images).Select(i => i * 3 % classes)], classes, name == "smoothing" ? 0.1 : 0);
        float[] gradient = new float[logits.Length];
        double loss = CrossEntropy.Compute(logits, targets, 1.0 / images, gradient);
        if (name == "distillation")
        {
            var distillation = new Distillation(_ => throw new NotSupportedException()) { Temperature = 4, Alpha = 0.7 };
            loss = distillation.Join(loss, logits, Stream("distillation/teacher", images * classes, 3), classes, 1.0 / images, gradient);
        }

        double value = expected.GetProperty("loss").GetDouble();
        Assert.Equal(value, loss, 1e-6 * value);
        SomeParameters.AssertClose(expected.Numbers("gradient"), gradient, 2e-6, name);
    }

    [Fact]
    public void Logits_that_are_no_numbers_are_seen_in_the_loss()
    {
        float[] gradient = new float[3];
        Assert.True(double.IsNaN(CrossEntropy.Compute([0, float.NaN, 1], TargetDistribution.Of([0], 3), 1, gradient)));
    }

    [Fact]
    public void Extents_that_do_not_go_together_are_refused()
    {
        TargetDistribution targets = TargetDistribution.Of([0, 1], 3);
        Assert.Throws<ArgumentException>(() => CrossEntropy.Compute(new float[3], targets, 1, new float[3]));
        Assert.Throws<ArgumentOutOfRangeException>(() => TargetDistribution.Of([3], 3));
        Assert.Throws<ArgumentOutOfRangeException>(() => TargetDistribution.Of([-1], 3));
        Assert.Throws<EspalierException>(() => new Distillation(image => image).Join(0, new float[3], new float[4], 3, 1, new float[3]));
    }

    private static float[] Stream(string name, int count, float scale) => [.. CounterFill.Stream(name, [count], -1, 2).Read<float>().ToArray().Select(value => value * scale)];
}
