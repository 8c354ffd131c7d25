using Espalier.Kernels;

namespace Espalier.Execution;

/// <summary>A layer whose rows (samples) are at other positions than those of its inputs.</summary>
internal abstract class RowLayer(string name, TrainingValue[] inputs, TrainingValue output) : TrainingLayer(name, inputs, output)
{
    /// <summary>Adds every row of the output's gradient, times its factor, to the gradient of the same sample of an input; other rows of the input are not changed.</summary>
    /// <param name="run">The current step.</param>
    /// <param name="input">The input.</param>
    /// <param name="factors">The factor of each row of the output; 0 if the row does not depend on the input.</param>
    protected void PropagateRows(TrainingRun run, TrainingValue input, double[] factors)
    {
        if (Array.TrueForAll(factors, factor => factor == 0))
        {
            return; // without a writer the input has no gradient, and the layers before it are skipped
        }

        int[] rows = Output.Need.PositionsOf(input.Need.Samples);
        (BlockedLayout from, BlockedLayout to) = (Output.GradientLayout, input.GradientLayout);
        Propagate(run, input, (part, parts, accumulate) =>
        {
            ReadOnlySpan<float> gradient = run.GradientOf(Output);
            Span<float> target = run.GradientOf(input);
            for (int row = part; row < rows.Length; row += parts)
            {
                double factor = rows[row] < 0 ? 0 : factors[rows[row]];
                Span<float> image = target.Slice(row * to.Length, to.Length);
                if (factor != 0)
                {
                    ElementwiseGradient.Scale(gradient.Slice(rows[row] * from.Length, from.Length), from, (float)factor, image, to, accumulate, 1, 0, 1);
                }
                else if (!accumulate)
                {
                    image.Clear();
                }
            }
        });
    }
}
