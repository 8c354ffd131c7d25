using Espalier.Graphs;
using Espalier.Kernels;
using Espalier.Tensors;

namespace Espalier.Execution;

/// <summary>The weighted sum of a shortcut and a branch that may be dropped. An operand whose factor is 0 is not read, because it may not have been computed.</summary>
internal sealed class StochasticDepthLayer(Node node, TrainingValue shortcut, TrainingValue branch, TrainingValue output) : RowLayer(node.Name, [shortcut, branch], output)
{
    internal override void Forward(TrainingRun run)
    {
        double[][] factors = [FactorsOf(run, 0), FactorsOf(run, 1)];
        int[][] rows = [.. Inputs.Select(input => input.Need.PositionsOf(Output.Need.Samples))];
        Produce(run, (part, parts) =>
        {
            for (int row = part; row < Batch; row += parts)
            {
                Row(run, row, (float)factors[0][row], rows[0][row], (float)factors[1][row], rows[1][row]);
            }
        });
    }

    internal override void Backward(TrainingRun run)
    {
        for (int i = 0; i < Inputs.Length; i++)
        {
            PropagateRows(run, Inputs[i], FactorsOf(run, i));
        }
    }

    private void Row(TrainingRun run, int row, float p, int first, float q, int second)
    {
        Span<float> to = run[Output].Slice(row * Output.Layout.Length, Output.Layout.Length);
        if (p != 0 && q != 0)
        {
            ElementwiseKernel.WeightedSum(
                Image(run, Inputs[0], first), Inputs[0].Layout, p, Image(run, Inputs[1], second), Inputs[1].Layout, q, Activation.None, to, Output.Layout, 1, 0, 1);
        }
        else
        {
            (TrainingValue only, int at, float factor) = p != 0 ? (Inputs[0], first, p) : (Inputs[1], second, q);
            ElementwiseGradient.Scale(Image(run, only, at), only.Layout, factor, to, Output.Layout, false, 1, 0, 1);
        }
    }

    private static ReadOnlySpan<float> Image(TrainingRun run, TrainingValue value, int row) => run[value].Slice(row * value.Layout.Length, value.Layout.Length);

    private double[] FactorsOf(TrainingRun run, int input)
    {
        var condition = new SampleCondition(node, input);
        return [.. Output.Need.Samples.Select(sample => run.Depth.Factor(condition, sample))];
    }
}
