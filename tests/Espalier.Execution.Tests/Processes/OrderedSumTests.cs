using Espalier.Tensors;
using Espalier.Testing;

namespace Espalier.Execution.Tests.Processes;

public sealed class OrderedSumTests
{
    private const int Length = 1001; // no multiple of a number of processes

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(8)]
    [InlineData(12)]
    public void All_processes_get_the_sum_of_one_process_to_the_bit(int count)
    {
        float[] expected = InOneProcess(count);
        float[][] found = ThreadProcesses.Run(count, group =>
        {
            float[] numbers = Term(group.Rank);
            new OrderedSum(group).Run(numbers);
            return numbers;
        });
        Assert.All(found, numbers => Assert.Equal(expected, numbers));
        double[] exact = [.. Enumerable.Range(0, Length).Select(i => Enumerable.Range(0, count).Sum(rank => (double)Term(rank)[i]))];
        Assert.All(exact.Zip(expected), pair => Assert.Equal(pair.First, pair.Second, 1e-5));
    }

    [Theory]
    [InlineData(8, 2)]
    [InlineData(8, 4)]
    [InlineData(6, 3)]
    [InlineData(12, 3)]
    [InlineData(16, 2)]
    public void The_parts_of_several_processes_add_up_to_the_same_bits(int parts, int count)
    {
        float[] expected = InOneProcess(parts);
        int own = parts / count;
        float[][] found = ThreadProcesses.Run(count, group =>
        {
            var sum = new PartSum(Length, own);
            for (int part = 0; part < own; part++)
            {
                sum.Add(Term((group.Rank * own) + part));
            }

            float[] numbers = sum.Result.ToArray();
            new OrderedSum(group).Run(numbers);
            return numbers;
        });
        Assert.All(found, numbers => Assert.Equal(expected, numbers));
    }

    [Fact]
    public void The_order_matters_to_the_bits_and_is_that_of_neighbours()
    {
        float[] terms = [1e8f, 1, -1e8f, 1];
        var sum = new PartSum(1, 4);
        foreach (float term in terms)
        {
            sum.Add([term]);
        }

        Assert.Equal((terms[0] + terms[1]) + (terms[2] + terms[3]), sum.Result[0]);
        Assert.NotEqual(((terms[0] + terms[1]) + terms[2]) + terms[3], sum.Result[0]);
    }

    [Fact]
    public void A_sum_can_be_begun_again()
    {
        var sum = new PartSum(1, 3);
        for (int turn = 0; turn < 2; turn++)
        {
            sum.Clear();
            sum.Add([1]);
            sum.Add([2]);
            sum.Add([3]);
            Assert.Equal(6, sum.Result[0]);
        }
    }

    private static float[] InOneProcess(int parts)
    {
        var sum = new PartSum(Length, parts);
        for (int part = 0; part < parts; part++)
        {
            sum.Add(Term(part));
        }

        return sum.Result.ToArray();
    }

    private static float[] Term(int part)
    {
        CounterRandom random = new CounterRandom(7).Stream((ulong)part);
        return [.. Enumerable.Range(0, Length).Select(i => (float)random.Uniform((ulong)i) - 0.5f)];
    }
}
