using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Surgery;

/// <summary>See <see cref="PruningCriteria.OutputChange"/>.</summary>
internal sealed class OutputChange : IBlockCriterion
{
    public string Name => "output change";

    public PruningNeeds Needs => PruningNeeds.Samples;

    public IReadOnlyList<BlockScore> Rank(Model model, PruningContext context)
    {
        if (context is not { Samples: { } samples, Runtime: { } runtime })
        {
            throw PruningContext.Missing("ranking blocks by the change of the output", $"{nameof(PruningContext.Samples)} and {nameof(PruningContext.Runtime)}");
        }

        Tensor input = samples(model);
        var options = new RunOptions { Threads = context.Threads };
        Tensor expected = runtime.Run(model, input, options);
        double size = SumOfSquares(expected.Read<float>());
        return MeasuredBlocks.Rank(model, without => Math.Sqrt(OutputDifference.Between(expected.Read<float>(), runtime.Run(without, input, options).Read<float>()).Squared / size));
    }

    private static double SumOfSquares(ReadOnlySpan<float> values)
    {
        double sum = 0;
        foreach (float value in values)
        {
            sum += (double)value * value;
        }

        return sum;
    }
}
