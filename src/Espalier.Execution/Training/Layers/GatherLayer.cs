namespace Espalier.Execution;

/// <summary>Gathers the rows (samples) of a value that its reader needs: with row-wise stochastic depth, a branch is computed for the surviving samples only.</summary>
internal sealed class GatherLayer(string name, TrainingValue input, TrainingValue output) : RowLayer(name, [input], output)
{
    internal override void Forward(TrainingRun run)
    {
        int[] rows = Inputs[0].Need.PositionsOf(Output.Need.Samples);
        int length = Output.Layout.Length; // input and output have the same layout, including the border
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
