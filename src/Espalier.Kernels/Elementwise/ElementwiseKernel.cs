using Espalier.Tensors;

namespace Espalier.Kernels;

/// <summary>Element-wise functions of feature maps, each followed by an activation.</summary>
/// <remarks>
/// Every method computes part <c>part</c> of <c>parts</c> (rows of all images), bit-identical for any number of parts. Maps may have different borders,
/// which are neither read nor written. The output may be the memory of an input of the same layout. A vector is a map of 1x1 pixels.
/// Values per channel are padded to whole blocks (see <see cref="BlockedLayout.PaddedChannels"/>).
/// </remarks>
internal static unsafe class ElementwiseKernel
{
    /// <summary>Computes activation(input).</summary>
    /// <param name="input">Batch x <paramref name="inputLayout"/>.</param>
    /// <param name="inputLayout">Layout of <paramref name="input"/>.</param>
    /// <param name="activation">The activation to apply.</param>
    /// <param name="output">Batch x <paramref name="outputLayout"/>.</param>
    /// <param name="outputLayout">Layout of <paramref name="output"/>: the same size, with any border.</param>
    /// <param name="batch">Number of images.</param>
    /// <param name="part">Index of the part to compute.</param>
    /// <param name="parts">Number of parts.</param>
    public static void Activate(
        ReadOnlySpan<float> input, BlockedLayout inputLayout, Activation activation,
        Span<float> output, BlockedLayout outputLayout, int batch, int part, int parts) =>
        Run<VectorOperations.Same>(input, inputLayout, default, inputLayout, default, default, activation, output, outputLayout, batch, part, parts);

    /// <summary>Computes activation(a + b).</summary>
    /// <param name="a">Batch x <paramref name="aLayout"/>.</param>
    /// <param name="aLayout">Layout of <paramref name="a"/>.</param>
    /// <param name="b">Batch x <paramref name="bLayout"/>.</param>
    /// <param name="bLayout">Layout of <paramref name="b"/>.</param>
    /// <param name="activation">The activation to apply to the sum.</param>
    /// <param name="output">Batch x <paramref name="outputLayout"/>.</param>
    /// <param name="outputLayout">Layout of <paramref name="output"/>.</param>
    /// <param name="batch">Number of images.</param>
    /// <param name="part">Index of the part to compute.</param>
    /// <param name="parts">Number of parts.</param>
    public static void Add(
        ReadOnlySpan<float> a, BlockedLayout aLayout, ReadOnlySpan<float> b, BlockedLayout bLayout, Activation activation,
        Span<float> output, BlockedLayout outputLayout, int batch, int part, int parts)
    {
        bLayout.ExpectBatch(batch, b.Length, nameof(b));
        Run<VectorOperations.Sum>(a, aLayout, b, bLayout, default, default, activation, output, outputLayout, batch, part, parts);
    }

    /// <summary>Computes activation(a · b), where b is a map like a, or has one value per channel (1x1 pixels).</summary>
    /// <param name="a">Batch x <paramref name="aLayout"/>.</param>
    /// <param name="aLayout">Layout of <paramref name="a"/>.</param>
    /// <param name="b">Batch x <paramref name="bLayout"/>.</param>
    /// <param name="bLayout">The second map, or a vector without border.</param>
    /// <param name="activation">The activation to apply to the product.</param>
    /// <param name="output">Batch x <paramref name="outputLayout"/>.</param>
    /// <param name="outputLayout">Layout of <paramref name="output"/>.</param>
    /// <param name="batch">Number of images.</param>
    /// <param name="part">Index of the part to compute.</param>
    /// <param name="parts">Number of parts.</param>
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

    /// <summary>Computes activation(scale · input + shift) with a scale and a shift per channel: a batch norm that is not fused into a convolution.</summary>
    /// <param name="input">Batch x <paramref name="inputLayout"/>.</param>
    /// <param name="inputLayout">Layout of <paramref name="input"/>.</param>
    /// <param name="scale">One value for each channel, padded to whole blocks with zeros.</param>
    /// <param name="shift">One value for each channel, padded to whole blocks with zeros.</param>
    /// <param name="activation">The activation to apply last.</param>
    /// <param name="output">Batch x <paramref name="outputLayout"/>.</param>
    /// <param name="outputLayout">Layout of <paramref name="output"/>.</param>
    /// <param name="batch">Number of images.</param>
    /// <param name="part">Index of the part to compute.</param>
    /// <param name="parts">Number of parts.</param>
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

    /// <summary>Computes input where it is positive, otherwise slope · input, with a slope per channel.</summary>
    /// <param name="input">Batch x <paramref name="inputLayout"/>.</param>
    /// <param name="inputLayout">Layout of <paramref name="input"/>.</param>
    /// <param name="slopes">One value for each channel, padded to whole blocks with zeros.</param>
    /// <param name="output">Batch x <paramref name="outputLayout"/>.</param>
    /// <param name="outputLayout">Layout of <paramref name="output"/>.</param>
    /// <param name="batch">Number of images.</param>
    /// <param name="part">Index of the part to compute.</param>
    /// <param name="parts">Number of parts.</param>
    public static void PRelu(
        ReadOnlySpan<float> input, BlockedLayout inputLayout, ReadOnlySpan<float> slopes, Span<float> output, BlockedLayout outputLayout, int batch, int part, int parts)
    {
        Expect.Length(slopes.Length, inputLayout.PaddedChannels, nameof(slopes));
        Run<VectorOperations.PRelu>(
            input, inputLayout, default, inputLayout, new Factors(slopes, 0, inputLayout.Lanes), default, Activation.None, output, outputLayout, batch, part, parts);
    }

    /// <summary>Rounds to unsigned 8 bits and reads back: (clamp(round half to even(x/scale) + zero point, 0, 255) − zero point)·scale.</summary>
    /// <param name="input">Batch x <paramref name="inputLayout"/>.</param>
    /// <param name="inputLayout">Layout of <paramref name="input"/>.</param>
    /// <param name="scale">The distance of neighbouring results.</param>
    /// <param name="zeroPoint">The integer that stands for 0.</param>
    /// <param name="output">Batch x <paramref name="outputLayout"/>.</param>
    /// <param name="outputLayout">Layout of <paramref name="output"/>.</param>
    /// <param name="batch">Number of images.</param>
    /// <param name="part">Index of the part to compute.</param>
    /// <param name="parts">Number of parts.</param>
    public static void Quantize(
        ReadOnlySpan<float> input, BlockedLayout inputLayout, float scale, byte zeroPoint, Span<float> output, BlockedLayout outputLayout, int batch, int part, int parts) =>
        Run<VectorOperations.Quantized>(
            input, inputLayout, default, inputLayout, new Factors([scale], 0, 0), new Factors([zeroPoint], 0, 0), Activation.None, output, outputLayout, batch, part, parts);

    /// <summary>Computes activation(p·a + q·b): stochastic depth at inference, with shortcut a and branch b.</summary>
    /// <remarks>With p = 0, a is not read at all, so its infinities do not give NaN.</remarks>
    /// <param name="a">Batch x <paramref name="aLayout"/>.</param>
    /// <param name="aLayout">Layout of <paramref name="a"/>.</param>
    /// <param name="p">The factor of <paramref name="a"/>.</param>
    /// <param name="b">Batch x <paramref name="bLayout"/>.</param>
    /// <param name="bLayout">Layout of <paramref name="b"/>.</param>
    /// <param name="q">The factor of <paramref name="b"/>.</param>
    /// <param name="activation">The activation to apply to the sum.</param>
    /// <param name="output">Batch x <paramref name="outputLayout"/>.</param>
    /// <param name="outputLayout">Layout of <paramref name="output"/>.</param>
    /// <param name="batch">Number of images.</param>
    /// <param name="part">Index of the part to compute.</param>
    /// <param name="parts">Number of parts.</param>
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
