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

    [Fact(DisplayName = "Faults: class weights")]
    public void Class_weights_multiply_the_terms_of_classes()
    {
        float[] logits = [1, 2, 3, -1, 0.5f, 0];
        double[] weights = [2, 0.5, 3];
        float[] gradient = new float[6];
        var targets = TargetDistribution.Of([0, 2], 3);
        var objective = new CrossEntropy { ClassWeights = ValueList.From(weights) };
        double loss = objective.Compute(new ObjectiveBatch { Images = Tensor.Zeros([2, 1]), Logits = logits, Targets = targets, Weight = 0.5 }, gradient);
        double[] losses = [Plain(logits[..3], 0), Plain(logits[3..], 2)];
        Assert.Equal(0.5 * ((weights[0] * losses[0]) + (weights[2] * losses[1])), loss, 1e-6);
        double[] probabilities = [.. logits[..3].Select(logit => Math.Exp(logit) / logits[..3].Sum(other => Math.Exp(other)))];
        Assert.Equal(0.5 * weights[0] * (probabilities[0] - 1), gradient[0], 1e-6);
        Assert.Equal(0.5 * weights[0] * probabilities[1], gradient[1], 1e-6);
        Assert.Equal([7 / 3.0, 7 / 6.0, 7 / 12.0, 0], CrossEntropy.BalancedWeights([1, 2, 4, 0])); // of 1, 2, 4 and no images
        Assert.Contains("one for each of the network's 3 outputs", Assert.Throws<EspalierException>(() => (objective with { ClassWeights = [1, 2] }).Compute(new ObjectiveBatch { Images = Tensor.Zeros([2, 1]), Logits = logits, Targets = targets, Weight = 1 }, new float[6])).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => new CrossEntropy { ClassWeights = [1, double.NaN] });
    }

    private static double Plain(float[] logits, int label) => Math.Log(logits.Sum(logit => Math.Exp(logit))) - logits[label];

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
