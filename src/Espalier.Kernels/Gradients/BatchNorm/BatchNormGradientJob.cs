using System.Buffers;
using System.Runtime.CompilerServices;

namespace Espalier.Kernels;

/// <summary>The loops of batch norm's gradients. With g the gradient of y where the ReLU is active, n pixels and d = x − mean:</summary>
/// <remarks>
/// bias gradient = Σ g; weight gradient = Σ g·d / σ; input gradient = weight / σ · (g − Σ g / n − d · Σ g·d / (n σ²)). Without a residual, where the ReLU
/// is active is computed again from x, by the same operations as in the forward pass, which is cheaper than reading y.
/// </remarks>
internal readonly unsafe struct BatchNormGradientJob : ILanesJob
{
    internal required BatchNormProblem Problem { get; init; }

    internal required BatchNormChunks Chunks { get; init; }

    internal required int Batch { get; init; }

    internal required float* Input { get; init; }

    internal required float* Output { get; init; }

    internal required float* Gradient { get; init; }

    internal required float* InputGradient { get; init; }

    internal required bool AccumulateInput { get; init; }

    internal required float* ResidualGradient { get; init; }

    internal required bool AccumulateResidual { get; init; }

    internal required float* Weight { get; init; }

    internal required float* Bias { get; init; }

    internal required float* Mean { get; init; }

    internal required float* InverseDeviation { get; init; }

    internal required float* WeightGradient { get; init; }

    internal required float* BiasGradient { get; init; }

    internal required bool AccumulateParameters { get; init; }

    /// <summary>[chunk][block][Σ g, Σ g·d][lanes].</summary>
    internal required float* Sums { get; init; }

    /// <summary>The sums of all chunks of a larger batch, or <see langword="null"/> for those of <see cref="Sums"/>.</summary>
    internal required float* Gathered { get; init; }

    internal required int GatheredCount { get; init; }

    /// <summary>The number of images whose sums the input gradient is a function of.</summary>
    internal required long Images { get; init; }

    internal required int First { get; init; }

    internal required int End { get; init; }

    /// <summary>Whether this part writes the gradients of weight and bias.</summary>
    internal required bool WritesParameters { get; init; }

    /// <summary>Whether this is the first phase.</summary>
    internal required bool Gathers { get; init; }

    public void Run<TLanes>() where TLanes : unmanaged, ILanes<TLanes>
    {
        switch (Problem.Relu, Problem.Residual is not null)
        {
            case (false, _):
                Run<TLanes, Constant.C0>();
                break;
            case (true, false):
                Run<TLanes, Constant.C1>();
                break;
            default:
                Run<TLanes, Constant.C2>();
                break;
        }
    }

    /// <typeparam name="TLanes">The vector.</typeparam>
    /// <typeparam name="TMask">0: no ReLU; 1: a ReLU whose sign is that of the normalized x; 2: one whose sign is read from y.</typeparam>
    private void Run<TLanes, TMask>()
        where TLanes : unmanaged, ILanes<TLanes>
        where TMask : struct, IConstant
    {
        if (Gathers)
        {
            Gather<TLanes, TMask>();
        }
        else
        {
            Propagate<TLanes, TMask>();
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Gather<TLanes, TMask>()
        where TLanes : unmanaged, ILanes<TLanes>
        where TMask : struct, IConstant
    {
        BatchNormChunks chunks = Chunks;
        int blocks = Problem.Input.Blocks;
        (int height, nint width) = (Problem.Input.Height, (nint)Problem.Input.Width * TLanes.Count);
        var x = new BatchNormPlanes(Input, Problem.Input);
        var g = new BatchNormPlanes(Gradient, Problem.OutputGradient);
        BatchNormPlanes y = TMask.Value == 2 ? new BatchNormPlanes(Output, Problem.Output) : x;
        int length = BatchNormFactors.Vectors * TLanes.Count;
        float[] rented = ArrayPool<float>.Shared.Rent(chunks.Blocks * length);
        fixed (float* factors = rented)
        {
            for (int unit = First; unit < End; unit++)
            {
                (int chunk, int group) = Math.DivRem(unit, chunks.Groups);
                (int firstImage, int endImage) = chunks.Range(chunk, Batch);
                int firstBlock = group * chunks.Blocks;
                int endBlock = Math.Min(blocks, firstBlock + chunks.Blocks);
                for (int block = firstBlock; block < endBlock; block++)
                {
                    SetFactors<TLanes>(factors + ((block - firstBlock) * length), block);
                }

                float* sums = Sums + ((nint)chunk * blocks * 2 * TLanes.Count);
                new Span<float>(sums + (firstBlock * 2 * TLanes.Count), (endBlock - firstBlock) * 2 * TLanes.Count).Clear();
                for (int image = firstImage; image < endImage; image++)
                {
                    for (int block = firstBlock; block < endBlock; block++)
                    {
                        for (int line = 0; line < height; line += chunks.Lines)
                        {
                            AddPiece<TLanes, TMask>(
                                x.At(image, block) + (line * x.Row), x.Row, y.At(image, block) + (line * y.Row), y.Row, g.At(image, block) + (line * g.Row), g.Row,
                                Math.Min(chunks.Lines, height - line), width, factors + ((block - firstBlock) * length), sums + (block * 2 * TLanes.Count));
                        }
                    }
                }
            }
        }

        ArrayPool<float>.Shared.Return(rented);
    }

    private void SetFactors<TLanes>(float* factors, int block) where TLanes : unmanaged, ILanes<TLanes> =>
        BatchNormFactors.Set(factors, Problem.Input, block, Mean + (block * TLanes.Count), InverseDeviation + (block * TLanes.Count), Weight, Bias);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void AddPiece<TLanes, TMask>(
        float* x, nint xRow, float* y, nint yRow, float* g, nint gRow, int lines, nint width, float* factors, float* sums)
        where TLanes : unmanaged, ILanes<TLanes>
        where TMask : struct, IConstant
    {
        TLanes mean = TLanes.Load(factors);
        TLanes scale = TLanes.Load(factors + TLanes.Count);
        TLanes bias = TLanes.Load(factors + (2 * TLanes.Count));
        TLanes a = TLanes.Zero, b = a, productsA = a, productsB = a;
        for (int line = 0; line < lines; line++, x += xRow, y += yRow, g += gRow)
        {
            nint i = 0;
            for (; i + TLanes.Count < width; i += 2 * TLanes.Count)
            {
                TLanes distance = TLanes.Subtract(TLanes.Load(x + i), mean);
                TLanes passed = Passed<TLanes, TMask>(distance, scale, bias, y + i, TLanes.Load(g + i));
                a = TLanes.Add(a, passed);
                productsA = TLanes.MultiplyAdd(passed, distance, productsA);
                distance = TLanes.Subtract(TLanes.Load(x + i + TLanes.Count), mean);
                passed = Passed<TLanes, TMask>(distance, scale, bias, y + i + TLanes.Count, TLanes.Load(g + i + TLanes.Count));
                b = TLanes.Add(b, passed);
                productsB = TLanes.MultiplyAdd(passed, distance, productsB);
            }

            if (i < width)
            {
                TLanes distance = TLanes.Subtract(TLanes.Load(x + i), mean);
                TLanes passed = Passed<TLanes, TMask>(distance, scale, bias, y + i, TLanes.Load(g + i));
                a = TLanes.Add(a, passed);
                productsA = TLanes.MultiplyAdd(passed, distance, productsA);
            }
        }

        TLanes.Store(sums, TLanes.Add(TLanes.Load(sums), TLanes.Add(a, b)));
        TLanes.Store(sums + TLanes.Count, TLanes.Add(TLanes.Load(sums + TLanes.Count), TLanes.Add(productsA, productsB)));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Propagate<TLanes, TMask>()
        where TLanes : unmanaged, ILanes<TLanes>
        where TMask : struct, IConstant
    {
        int blocks = Problem.Input.Blocks;
        (int height, nint width, bool accumulateInput, bool accumulateResidual) =
            (Problem.Input.Height, (nint)Problem.Input.Width * TLanes.Count, AccumulateInput, AccumulateResidual);
        var x = new BatchNormPlanes(Input, Problem.Input);
        var g = new BatchNormPlanes(Gradient, Problem.OutputGradient);
        BatchNormPlanes y = TMask.Value == 2 ? new BatchNormPlanes(Output, Problem.Output) : x;
        var to = new BatchNormPlanes(InputGradient, Problem.InputGradient);
        var residual = new BatchNormPlanes(ResidualGradient, Problem.ResidualGradient ?? Problem.Input);
        int length = (BatchNormFactors.Vectors + 2) * TLanes.Count;
        float[] rented = ArrayPool<float>.Shared.Rent(blocks * length);
        fixed (float* factors = rented)
        {
            for (int block = 0; block < blocks && (WritesParameters || First < End); block++)
            {
                SetFactors<TLanes>(factors + (block * length), block);
                Combine(block, TLanes.Count, factors + (block * length));
            }

            for (int unit = First; unit < End; unit++)
            {
                (int image, int block) = Math.DivRem(unit, blocks);
                float* fromX = x.At(image, block), fromY = y.At(image, block), fromG = g.At(image, block);
                float* toX = to.At(image, block), toResidual = residual.At(image, block);
                for (int line = 0; line < height; line++, fromX += x.Row, fromY += y.Row, fromG += g.Row, toX += to.Row)
                {
                    Line<TLanes, TMask>(fromX, fromY, fromG, toX, accumulateInput, toResidual, accumulateResidual, width, factors + (block * length));
                    toResidual = toResidual == null ? null : toResidual + residual.Row;
                }
            }
        }

        ArrayPool<float>.Shared.Return(rented);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Line<TLanes, TMask>(
        float* x, float* y, float* g, float* to, bool accumulateInput, float* residual, bool accumulateResidual, nint width, float* factors)
        where TLanes : unmanaged, ILanes<TLanes>
        where TMask : struct, IConstant
    {
        TLanes mean = TLanes.Load(factors);
        TLanes scale = TLanes.Load(factors + TLanes.Count);
        TLanes bias = TLanes.Load(factors + (2 * TLanes.Count));
        TLanes slope = TLanes.Load(factors + (3 * TLanes.Count));
        TLanes offset = TLanes.Load(factors + (4 * TLanes.Count));
        for (nint i = 0; i < width; i += TLanes.Count)
        {
            TLanes distance = TLanes.Subtract(TLanes.Load(x + i), mean);
            TLanes passed = Passed<TLanes, TMask>(distance, scale, bias, y + i, TLanes.Load(g + i));
            TLanes value = TLanes.MultiplyAdd(scale, passed, TLanes.MultiplyAdd(slope, distance, offset));
            if (residual != null)
            {
                TLanes.Store(residual + i, accumulateResidual ? TLanes.Add(TLanes.Load(residual + i), passed) : passed);
            }

            TLanes.Store(to + i, accumulateInput ? TLanes.Add(TLanes.Load(to + i), value) : value);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLanes Passed<TLanes, TMask>(TLanes distance, TLanes scale, TLanes bias, float* y, TLanes gradient)
        where TLanes : unmanaged, ILanes<TLanes>
        where TMask : struct, IConstant =>
        TMask.Value == 0 ? gradient
        : TLanes.SelectPositive(TMask.Value == 1 ? TLanes.MultiplyAdd(distance, scale, bias) : TLanes.Load(y), gradient, TLanes.Zero);

    /// <summary>Appends to the factors the slope −weight · Σ g·d / (n σ³) and the offset −weight · Σ g / (n σ), and writes the gradients of weight and bias if this part does.</summary>
    private void Combine(int block, int lanes, float* factors)
    {
        double count = (double)Images * Problem.Input.Height * Problem.Input.Width;
        for (int lane = 0; lane < lanes; lane++)
        {
            int channel = (block * lanes) + lane;
            (double ownSum, double ownProducts) = Total(Sums, Chunks.Count(Batch), block, lanes, lane);
            (double sum, double products) = Gathered == null ? (ownSum, ownProducts) : Total(Gathered, GatheredCount, block, lanes, lane);
            bool isChannel = channel < Problem.Input.Channels;
            double inverse = InverseDeviation[channel];
            double scale = isChannel ? inverse * (Weight == null ? 1 : Weight[channel]) : 0;
            factors[(3 * lanes) + lane] = isChannel ? (float)(-scale * inverse * inverse * products / count) : 0;
            factors[(4 * lanes) + lane] = isChannel ? (float)(-scale * sum / count) : 0;
            if (WritesParameters && isChannel)
            {
                Write(WeightGradient, channel, (float)(ownProducts * inverse));
                Write(BiasGradient, channel, (float)ownSum);
            }
        }
    }

    private (double Sum, double Products) Total(float* sums, int chunks, int block, int lanes, int lane)
    {
        (double sum, double products) = (0, 0);
        for (int chunk = 0; chunk < chunks; chunk++)
        {
            float* from = sums + ((((nint)chunk * Problem.Input.Blocks) + block) * 2 * lanes) + lane;
            sum += from[0];
            products += from[lanes];
        }

        return (sum, products);
    }

    private void Write(float* gradients, int channel, float value)
    {
        if (gradients != null)
        {
            gradients[channel] = AccumulateParameters ? gradients[channel] + value : value;
        }
    }
}
