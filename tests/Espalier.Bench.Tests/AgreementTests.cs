using Espalier.Bench.Measuring;

namespace Espalier.Bench.Tests;

public class AgreementTests
{
    [Fact]
    public void The_difference_is_that_of_the_two_farthest_in_parts_of_the_largest_logit() =>
        Assert.Equal(0.5, Agreement.Difference([[1, -4], [2, -4], [0, -4]]));

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    [InlineData(float.NegativeInfinity)]
    public void An_answer_that_is_no_number_never_agrees(float bad)
    {
        Assert.False(Agreement.IsSufficient(Agreement.Difference([[1, 2, 3], [1, bad, 3]])));
        Assert.False(Agreement.IsSufficient(Agreement.Difference([[1, bad, 3], [1, bad, 3]])));
        Assert.False(Agreement.IsSufficient(Agreement.Difference([[bad, 2, 3], [1, 2, 3]])));
    }

    [Fact]
    public void Answers_of_different_lengths_are_refused() =>
        Assert.Throws<ArgumentException>(() => Agreement.Difference([[1, 2], [1]]));

    [Fact]
    public void A_ten_thousandth_of_the_largest_logit_is_the_limit()
    {
        Assert.True(Agreement.IsSufficient(Agreement.Difference([[10, 0], [10, 0.0009f]])));
        Assert.False(Agreement.IsSufficient(Agreement.Difference([[10, 0], [10, 0.0011f]])));
    }

    [Theory]
    [InlineData(0.5f, 0.2f, null)] // half a quantum
    [InlineData(0.5f, 0.9f, null)] // the first two are less than two quanta apart
    [InlineData(3, 4, "the answers to image 1 have different first classes")]
    [InlineData(3, 40, "the answers differ by 10 quanta on average, more than 1")]
    [InlineData(3, float.NaN, "the answers differ by NaN quanta on average, more than 1")]
    public void Answers_in_8_bits_have_the_same_class_where_it_is_clear(float first, float other, string? refusal)
    {
        float[] ours = [0, 5, first, 0], theirs = [0, 5, first, other];
        Assert.Equal(refusal, Agreement.InQuanta([ours, theirs], quantum: 1, outputs: 2));
    }
}
