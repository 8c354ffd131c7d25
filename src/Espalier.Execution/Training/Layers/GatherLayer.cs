namespace Espalier.Execution;

/// <summary>The rows of a value that a reader needs, where that is not all of them: what lies inside a row-wise dropped branch sees only survivors.</summary>
internal sealed class GatherLayer(string name, TrainingValue input, TrainingValue output) : RowLayer(name, [input], output)
{
    internal override void Forward(TrainingRun run)
    {
        int[] rows = Inputs[0].Need.PositionsOf(Output.Need.Samples);
        int length = Output.Layout.Length; // the same layout: border and all
        run.Parallel((part, parts) =>
        {
            ReadOnlySpan<float> from = run[Inputs[0]];
            Span<float> to = run[Output];
            for (int row = part; row < rows.Length; row += parts)
            {
                from.Slice(rows[row] * length, length).CopyTo(to[(row * length)..]);
            }
        });
    }

    internal override void Backward(TrainingRun run)
    {
        double[] factors = new double[Batch];
        Array.Fill(factors, 1);
        PropagateRows(run, Inputs[0], factors);
    }
}
