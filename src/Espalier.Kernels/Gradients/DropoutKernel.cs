using Espalier.Tensors;

namespace Espalier.Kernels;

/// <summary>Dropout while training (Srivastava 2014, the inverted form), forward and, with the same draws, backward.</summary>
public static class DropoutKernel
{
    /// <summary>Numbers that are kept times 1/(1 − p), zeros for the others.</summary>
    /// <remarks>
    /// Computes part <paramref name="part"/> of <paramref name="parts"/> (rows of all images), with the same bits for any split. The draw of an element
    /// is that of its sample and of its place in plain order: it depends neither on the layout nor on which samples are computed.
    /// </remarks>
    /// <param name="input">Batch x <paramref name="inputLayout"/>: the numbers, or, backward, the output's gradient.</param>
    /// <param name="inputLayout">Its layout.</param>
    /// <param name="random">What is drawn from.</param>
    /// <param name="probability">p, of a number to be dropped.</param>
    /// <param name="samples">Which sample each image is.</param>
    /// <param name="output">Images x <paramref name="outputLayout"/>.</param>
    /// <param name="outputLayout">The same map, with any border.</param>
    /// <param name="accumulate">Whether to add to the output.</param>
    /// <param name="part">Which part.</param>
    /// <param name="parts">Of how many.</param>
    public static void Run(
        ReadOnlySpan<float> input, BlockedLayout inputLayout, CounterRandom random, double probability, ReadOnlySpan<int> samples,
        Span<float> output, BlockedLayout outputLayout, bool accumulate, int part, int parts)
    {
        Expect.That(inputLayout.HasSameMap(outputLayout), $"dropout of {inputLayout} to {outputLayout}: only the border may differ");
        inputLayout.ExpectBatch(samples.Length, input.Length, nameof(input));
        outputLayout.ExpectBatch(samples.Length, output.Length, nameof(output));
        float scale = (float)(1 / (1 - probability));
        ulong length = (ulong)inputLayout.Channels * (ulong)inputLayout.Height * (ulong)inputLayout.Width;
        (int begin, int end) = WorkSplit.Range(MapRow.Count(inputLayout, samples.Length), part, parts);
        var source = new MapAddress(inputLayout);
        var target = new MapAddress(outputLayout);
        for (int unit = begin; unit < end; unit++)
        {
            MapRow row = MapRow.At(unit, inputLayout);
            int vectors = inputLayout.Width * inputLayout.Lanes;
            ReadOnlySpan<float> from = input.Slice((int)source.Of(row), vectors);
            Span<float> to = output.Slice((int)target.Of(row), vectors);
            ulong first = (ulong)samples[row.Image] * length;
            for (int i = 0; i < vectors; i++)
            {
                int channel = (row.Block * inputLayout.Lanes) + (i % inputLayout.Lanes);
                ulong place = ((((ulong)channel * (ulong)inputLayout.Height) + (ulong)row.Row) * (ulong)inputLayout.Width) + (ulong)(i / inputLayout.Lanes);
                bool kept = channel < inputLayout.Channels && random.Bernoulli(first + place, 1 - probability);
                to[i] = (accumulate ? to[i] : 0) + (kept ? scale * from[i] : 0);
            }
        }
    }
}
