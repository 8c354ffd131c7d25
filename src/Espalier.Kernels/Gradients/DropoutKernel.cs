using Espalier.Tensors;

namespace Espalier.Kernels;

/// <summary>Dropout during training (Srivastava 2014, the inverted form), forward and, with the same draws, backward.</summary>
internal static class DropoutKernel
{
    /// <summary>Multiplies kept elements by 1/(1 − p) and sets the others to zero.</summary>
    /// <remarks>
    /// Computes part <paramref name="part"/> of <paramref name="parts"/> (rows of all images), bit-identical for any number of parts. The draw of an element
    /// depends only on its sample and its row-major index, not on the layout or on which samples are computed.
    /// </remarks>
    /// <param name="input">Batch x <paramref name="inputLayout"/>: the input or, backward, the output's gradient.</param>
    /// <param name="inputLayout">Layout of <paramref name="input"/>.</param>
    /// <param name="random">The random numbers.</param>
    /// <param name="probability">The probability p that an element is dropped.</param>
    /// <param name="samples">The sample index of each image.</param>
    /// <param name="output">Images x <paramref name="outputLayout"/>.</param>
    /// <param name="outputLayout">Layout of <paramref name="output"/>: the same size, with any border.</param>
    /// <param name="accumulate">Whether to add to the output instead of overwriting it.</param>
    /// <param name="part">Index of the part to compute.</param>
    /// <param name="parts">Number of parts.</param>
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
