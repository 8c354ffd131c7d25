using Espalier.Tensors;

namespace Espalier.Kernels;

/// <summary>Element-wise functions of maps, each with an activation at its end.</summary>
/// <remarks>
/// Every method computes part <c>part</c> of <c>parts</c> (rows of all images), with the same bits for any split. Maps may differ in their borders,
/// which are neither read nor written. The output may be the memory of an input of the same layout. A vector is a map of 1x1 pixels.
/// Numbers for each channel come padded to whole blocks (see <see cref="BlockedLayout.PaddedChannels"/>).
/// </remarks>
public static unsafe class ElementwiseKernel
{
    /// <summary>activation(input).</summary>
    /// <param name="input">Batch x <paramref name="inputLayout"/>.</param>
    /// <param name="inputLayout">The map that is read.</param>
    /// <param name="activation">What to apply.</param>
    /// <param name="output">Batch x <paramref name="outputLayout"/>.</param>
    /// <param name="outputLayout">The same map, with any border.</param>
    /// <param name="batch">Images.</param>
    /// <param name="part">Which part.</param>
    /// <param name="parts">Of how many.</param>
    public static void Activate(
        ReadOnlySpan<float> input, BlockedLayout inputLayout, Activation activation,
        Span<float> output, BlockedLayout outputLayout, int batch, int part, int parts) =>
        Run<VectorOperations.Same>(input, inputLayout, default, inputLayout, default, default, activation, output, outputLayout, batch, part, parts);

    /// <summary>activation(a + b).</summary>
    /// <param name="a">Batch x <paramref name="aLayout"/>.</param>
    /// <param name="aLayout">The first map.</param>
    /// <param name="b">Batch x <paramref name="bLayout"/>.</param>
    /// <param name="bLayout">The second map.</param>
    /// <param name="activation">What to apply to the sum.</param>
    /// <param name="output">Batch x <paramref name="outputLayout"/>.</param>
    /// <param name="outputLayout">The map that is written.</param>
    /// <param name="batch">Images.</param>
    /// <param name="part">Which part.</param>
    /// <param name="parts">Of how many.</param>
    public static void Add(
        ReadOnlySpan<float> a, BlockedLayout aLayout, ReadOnlySpan<float> b, BlockedLayout bLayout, Activation activation,
        Span<float> output, BlockedLayout outputLayout, int batch, int part, int parts)
    {
        bLayout.ExpectBatch(batch, b.Length, nameof(b));
        Run<VectorOperations.Sum>(a, aLayout, b, bLayout, default, default, activation, output, outputLayout, batch, part, parts);
    }

    /// <summary>activation(a · b), where b is a map like a, or has one number for each channel: 1x1 pixels.</summary>
    /// <param name="a">Batch x <paramref name="aLayout"/>.</param>
    /// <param name="aLayout">The first map.</param>
    /// <param name="b">Batch x <paramref name="bLayout"/>.</param>
    /// <param name="bLayout">The second map, or a vector without border.</param>
    /// <param name="activation">What to apply to the product.</param>
    /// <param name="output">Batch x <paramref name="outputLayout"/>.</param>
    /// <param name="outputLayout">The map that is written.</param>
    /// <param name="batch">Images.</param>
    /// <param name="part">Which part.</param>
    /// <param name="parts">Of how many.</param>
    public static void Multiply(
        ReadOnlySpan<float> a, BlockedLayout aLayout, ReadOnlySpan<float> b, BlockedLayout bLayout, Activation activation,
        Span<float> output, BlockedLayout outputLayout, int batch, int part, int parts)
    {
        bLayout.ExpectBatch(batch, b.Length, nameof(b));
        if (bLayout.HasSameMap(aLayout with { Height = 1, Width = 1 }) && bLayout.Border == Padding.None)
        {
            var scale = new Factors(b, bLayout.Length, aLayout.Lanes);
            Run<VectorOperations.Scaled>(a, aLayout, default, aLayout, scale, default, activation, output, outputLayout, batch, part, parts);
        }
        else
        {
            Run<VectorOperations.Product>(a, aLayout, b, bLayout, default, default, activation, output, outputLayout, batch, part, parts);
        }
    }

    /// <summary>activation(scale · input + shift) with a scale and a shift for each channel: a batch norm that no convolution took in.</summary>
    /// <param name="input">Batch x <paramref name="inputLayout"/>.</param>
    /// <param name="inputLayout">The map that is read.</param>
    /// <param name="scale">One number for each channel, padded to whole blocks with zeros.</param>
    /// <param name="shift">One number for each channel, padded to whole blocks with zeros.</param>
    /// <param name="activation">What to apply last.</param>
    /// <param name="output">Batch x <paramref name="outputLayout"/>.</param>
    /// <param name="outputLayout">The map that is written.</param>
    /// <param name="batch">Images.</param>
    /// <param name="part">Which part.</param>
    /// <param name="parts">Of how many.</param>
    public static void ScaleAndShift(
        ReadOnlySpan<float> input, BlockedLayout inputLayout, ReadOnlySpan<float> scale, ReadOnlySpan<float> shift, Activation activation,
        Span<float> output, BlockedLayout outputLayout, int batch, int part, int parts)
    {
        Expect.Length(scale.Length, inputLayout.PaddedChannels, nameof(scale));
        Expect.Length(shift.Length, inputLayout.PaddedChannels, nameof(shift));
        int lanes = inputLayout.Lanes;
        Run<VectorOperations.ScaledAndShifted>(
            input, inputLayout, default, inputLayout, new Factors(scale, 0, lanes), new Factors(shift, 0, lanes), activation, output, outputLayout, batch, part, parts);
    }

    /// <summary>activation(p·a + q·b): a block of stochastic depth at inference, with shortcut a and branch b.</summary>
    /// <remarks>A factor p of zero means that a is no part of the sum at all: its infinities do not turn into NaN.</remarks>
    /// <param name="a">Batch x <paramref name="aLayout"/>.</param>
    /// <param name="aLayout">The first map.</param>
    /// <param name="p">The factor of <paramref name="a"/>.</param>
    /// <param name="b">Batch x <paramref name="bLayout"/>.</param>
    /// <param name="bLayout">The second map.</param>
    /// <param name="q">The factor of <paramref name="b"/>.</param>
    /// <param name="activation">What to apply to the sum.</param>
    /// <param name="output">Batch x <paramref name="outputLayout"/>.</param>
    /// <param name="outputLayout">The map that is written.</param>
    /// <param name="batch">Images.</param>
    /// <param name="part">Which part.</param>
    /// <param name="parts">Of how many.</param>
    public static void WeightedSum(
        ReadOnlySpan<float> a, BlockedLayout aLayout, float p, ReadOnlySpan<float> b, BlockedLayout bLayout, float q, Activation activation,
        Span<float> output, BlockedLayout outputLayout, int batch, int part, int parts)
    {
        bLayout.ExpectBatch(batch, b.Length, nameof(b));
        if (p == 0)
        {
            Run<VectorOperations.Scaled>(b, bLayout, default, bLayout, new Factors([q], 0, 0), default, activation, output, outputLayout, batch, part, parts);
            return;
        }

        Run<VectorOperations.WeightedSum>(
            a, aLayout, b, bLayout, new Factors([p], 0, 0), new Factors([q], 0, 0), activation, output, outputLayout, batch, part, parts);
    }

    private static void Run<TOperation>(
        ReadOnlySpan<float> a, BlockedLayout aLayout, ReadOnlySpan<float> b, BlockedLayout bLayout, Factors p, Factors q, Activation activation,
        Span<float> output, BlockedLayout outputLayout, int batch, int part, int parts)
        where TOperation : IVectorOperation
    {
        Expect.That(
            aLayout.HasSameMap(outputLayout) && bLayout.HasSameMap(outputLayout), $"{aLayout} and {bLayout} to {outputLayout}: only the borders may differ");
        aLayout.ExpectBatch(batch, a.Length, nameof(a));
        outputLayout.ExpectBatch(batch, output.Length, nameof(output));
        (int begin, int end) = WorkSplit.Range(MapRow.Count(outputLayout, batch), part, parts);
        if (begin == end)
        {
            return;
        }

        fixed (float* first = a, second = b, to = output, scale = p.Values, shift = q.Values)
        {
            LanesDispatch.Run(outputLayout.Lanes, new ElementwiseJob<TOperation>
            {
                Layout = outputLayout,
                First = MapRow.At(begin, outputLayout),
                Rows = end - begin,
                A = new(first, aLayout),
                B = second == null ? new(first, aLayout) : new(second, bLayout),
                Output = new(to, outputLayout),
                P = new(scale, p.PerImage, p.PerBlock),
                Q = new(shift, q.PerImage, q.PerBlock),
                Activation = activation,
            });
        }
    }

    private readonly ref struct Factors(ReadOnlySpan<float> values, int perImage, int perBlock)
    {
        internal ReadOnlySpan<float> Values { get; } = values;

        internal int PerImage => perImage;

        internal int PerBlock => perBlock;
    }
}
