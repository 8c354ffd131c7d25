using Espalier.Data;
using Espalier.Tensors;

namespace Espalier.Tests;

public class EvaluationTallyTests
{
    [Fact]
    public void Ranks_and_loss_are_those_of_the_definition()
    {
        EvaluationTally tally = Tally(5, 1, 0, 1);
        tally.Add([1, 2, 3, 4, 5, 6], 0); // first
        tally.Add([1, 2, 3, 4, 5, 6], 1); // fifth
        tally.Add([1, 2, 3, 4, 5, 6], 2); // sixth
        tally.Add([7, 7, 0, 0, 0, 0], 3); // a tie goes to the earlier class

        double sum = Enumerable.Range(1, 6).Sum(i => Math.Exp(i));
        double tie = (2 * Math.Exp(7)) + 4;
        double expected = ((3 * Math.Log(sum)) - 6 - 2 - 1 + Math.Log(tie) - 7) / 4;
        Assert.Equal((4, 1, 3), (tally.Count, tally.Top1Correct, tally.Top5Correct));
        Assert.Equal(expected, tally.Loss, 1e-12);
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    [InlineData(float.NegativeInfinity)]
    public void Logits_that_are_not_finite_are_not_counted(float value)
    {
        EvaluationTally tally = Tally(2);
        Assert.Contains("the logit of class 1 is", Assert.Throws<EspalierException>(() => tally.Add([1, value, 2, 0, 0, 0], 0)).Message, StringComparison.Ordinal);
        Assert.Equal(0, tally.Count);
    }

    private static EvaluationTally Tally(params int[] truths) => new(new OutputClasses([], 6).Match(new Truths(truths)));

    private sealed class Truths(int[] classes) : IDataset
    {
        public int Count => classes.Length;

        public IReadOnlyList<string> Labels => [];

        public Shape? SampleShape => null;

        public int LabelOf(int index) => classes[index];

        public string NameOf(int index) => $"{index}";

        public void Read(int index, PixelBuffer pixels) => throw new NotSupportedException();
    }
}
