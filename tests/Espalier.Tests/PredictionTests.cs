using Espalier.Tensors;

namespace Espalier.Tests;

/// <summary>PyTorch 1.13's softmax makes NaN of all classes where one logit is NaN or +∞, or all are −∞; here that is an error.</summary>
public class PredictionTests
{
    [Theory]
    [InlineData(1f, float.NaN, "NaN")]
    [InlineData(1f, float.PositiveInfinity, "Infinity")]
    [InlineData(float.NegativeInfinity, float.NegativeInfinity, "-Infinity")]
    public void Logits_without_probabilities_are_an_error(float first, float second, string greatest)
    {
        Assert.Contains($"the largest logit is {greatest}", Assert.Throws<EspalierException>(() => Prediction.Top([first, second], 1, [])).Message, StringComparison.Ordinal);
        Assert.Throws<EspalierException>(() => Prediction.Softmax([second, first]));
    }

    [Fact]
    public void A_class_that_is_ruled_out_by_minus_infinity_has_no_probability()
    {
        // torch.tensor([1., -inf, 2.]).softmax(0) is [0.2689, 0.0000, 0.7311]
        Prediction[] top = Prediction.Top([1, float.NegativeInfinity, 2], 3, ["a", "b", "c"]);
        Assert.Equal(["c", "a", "b"], top.Select(prediction => prediction.Label));
        Assert.Equal([0.7311, 0.2689, 0], top.Select(prediction => prediction.Probability), (a, b) => Math.Abs(a - b) < 5e-5);
    }
}
