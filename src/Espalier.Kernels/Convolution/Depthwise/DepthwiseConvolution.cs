using System.Runtime.CompilerServices;
using Espalier.Tensors;

namespace Espalier.Kernels;

/// <summary>A packed depthwise 3x3 convolution with all nine weights in registers.</summary>
/// <remarks>
/// Nine multiply-adds per pixel are too few for the set-up of a register tile to pay off. Four pixels are computed together, because each
/// sum is a chain of nine dependent additions. A unit of work is one row of one block of channels.
/// </remarks>
internal sealed unsafe class DepthwiseConvolution<TLanes> : PackedConvolution, IDepthwiseRows where TLanes : unmanaged, ILanes<TLanes>
{
    private readonly ConvolutionProblem _problem;
    private readonly WeightPacker _packed;
    private readonly (float Low, float High) _limits;

    internal DepthwiseConvolution(in ConvolutionProblem problem, string kernelName, WeightPacker packed)
    {
        _problem = problem;
        KernelName = kernelName;
        _packed = packed;
        _limits = problem.Activation.Limits ?? Activation.None.Limits!.Value;
    }

    public override string KernelName { get; }

    public override ConvolutionProblem Problem => _problem;

    public override long PackedBytes => sizeof(float) * (long)(_packed.Weights.Length + _packed.Bias.Length);

    public override int MaximumParts(int batch) =>
        (int)Math.Clamp(WorkSplit.UsefulParts(_problem, batch), 1, Math.Max(1, MapRow.Count(_problem.Output, batch)));

    /// <summary>Whether it can compute <paramref name="problem"/>, whose kernel is depthwise.</summary>
    internal static bool Fits(in ConvolutionProblem problem) => problem is { Kernel: (3, 3) };

    private protected override PackedConvolution Resized(in ConvolutionProblem problem) => new DepthwiseConvolution<TLanes>(problem, KernelName, _packed);

    public override void Run(in ConvolutionOperands operands, int part, int parts)
    {
        ProblemChecks.Require(_problem, operands, ScratchLength);
        (int first, int end) = WorkSplit.Range(MapRow.Count(_problem.Output, operands.Batch), part, parts);
        var source = new MapAddress(_problem.Input);
        var target = new MapAddress(_problem.Output);
        var added = new MapAddress(_problem.Residual ?? _problem.Output);
        bool hasResidual = _problem.Residual is not null && !operands.Residual.IsEmpty;
        fixed (float* input = operands.Input, residual = operands.Residual, output = operands.Output)
        fixed (float* weights = _packed.Weights.Span, bias = _packed.Bias.Span)
        {
            for (int unit = first; unit < end;)
            {
                MapRow row = MapRow.At(unit, _problem.Output);
                int rows = Math.Min(end - unit, _problem.Output.Height - row.Row);
                int firstInput = (row.Row * _problem.Stride.Height) - _problem.Padding.Top;
                Rows(
                    input + source.Of(row with { Row = firstInput }) - (_problem.Padding.Left * TLanes.Count),
                    weights + (row.Block * 9 * TLanes.Count),
                    bias + (row.Block * TLanes.Count),
                    hasResidual ? residual + added.Of(row) : null,
                    output + target.Of(row),
                    rows);
                if (_problem.Activation.Limits is null)
                {
                    Activate(output + target.Of(row), rows);
                }

                unit += rows;
            }
        }
    }

    /// <inheritdoc/>
    public bool TakesAnyRows => true;

    /// <inheritdoc/>
    public void ComputeRows(float* map, int block, (int First, int End) rows, float* output)
    {
        output += new MapAddress(_problem.Output).Of(new MapRow(0, block, rows.First));
        fixed (float* weights = _packed.Weights.Span, bias = _packed.Bias.Span)
        {
            float* start = map + ((_problem.Input.Border.Left - _problem.Padding.Left) * TLanes.Count);
            Rows(start, weights + (block * 9 * TLanes.Count), bias + (block * TLanes.Count), null, output, rows.End - rows.First);
        }

        if (_problem.Activation.Limits is null)
        {
            Activate(output, rows.End - rows.First);
        }
    }

    // No call may interrupt its loops: the weights would leave the registers.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Rows(float* input, float* weights, float* bias, float* residual, float* output, int rows)
    {
        nint tapRow = _problem.Dilation.Height * _problem.Input.RowStride;
        nint tapColumn = _problem.Dilation.Width * TLanes.Count;
        nint pixel = _problem.Stride.Width * TLanes.Count;
        nint inputRow = _problem.Stride.Height * _problem.Input.RowStride;
        nint outputRow = _problem.Output.RowStride;
        nint residualRow = residual == null ? 0 : _problem.Residual!.Value.RowStride;
        nint width = _problem.Output.Width;
        TLanes w0 = Weight(weights, 0), w1 = Weight(weights, 1), w2 = Weight(weights, 2);
        TLanes w3 = Weight(weights, 3), w4 = Weight(weights, 4), w5 = Weight(weights, 5);
        TLanes w6 = Weight(weights, 6), w7 = Weight(weights, 7), w8 = Weight(weights, 8);
        TLanes start = TLanes.Load(bias), low = TLanes.Broadcast(_limits.Low), high = TLanes.Broadcast(_limits.High);
        for (; rows > 0; rows--, input += inputRow, output += outputRow, residual += residualRow)
        {
            for (nint x = 0; x < width;)
            {
                // The last four pixels overlap the previous ones unless those were overwritten and may be read as residual; otherwise the rest is computed pixel by pixel.
                nint four = x + 4 <= width ? x : residual == null && width >= 4 ? width - 4 : -1;
                if (four >= 0)
                {
                    float* at = input + (four * pixel);
                    TLanes a = start, b = start, c = start, d = start;
                    Row(at, pixel, tapColumn, w0, w1, w2, ref a, ref b, ref c, ref d);
                    Row(at + tapRow, pixel, tapColumn, w3, w4, w5, ref a, ref b, ref c, ref d);
                    Row(at + (2 * tapRow), pixel, tapColumn, w6, w7, w8, ref a, ref b, ref c, ref d);
                    Store(output, residual, four, a, low, high);
                    Store(output, residual, four + 1, b, low, high);
                    Store(output, residual, four + 2, c, low, high);
                    Store(output, residual, four + 3, d, low, high);
                    x = four + 4;
                }
                else
                {
                    float* at = input + (x * pixel);
                    TLanes sum = Row(at + (2 * tapRow), tapColumn, w6, w7, w8, Row(at + tapRow, tapColumn, w3, w4, w5, Row(at, tapColumn, w0, w1, w2, start)));
                    Store(output, residual, x, sum, low, high);
                    x++;
                }
            }
        }
    }

    /// <summary>Adds one kernel row to the sums of four pixels.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Row(float* at, nint pixel, nint position, TLanes u, TLanes v, TLanes w, ref TLanes a, ref TLanes b, ref TLanes c, ref TLanes d)
    {
        a = Row(at, position, u, v, w, a);
        b = Row(at + pixel, position, u, v, w, b);
        c = Row(at + (2 * pixel), position, u, v, w, c);
        d = Row(at + (3 * pixel), position, u, v, w, d);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLanes Row(float* at, nint position, TLanes u, TLanes v, TLanes w, TLanes sum) => TLanes.MultiplyAdd(
        w, TLanes.Load(at + (2 * position)), TLanes.MultiplyAdd(v, TLanes.Load(at + position), TLanes.MultiplyAdd(u, TLanes.Load(at), sum)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(float* output, float* residual, nint x, TLanes sum, TLanes low, TLanes high)
    {
        sum = residual == null ? sum : TLanes.Add(sum, TLanes.Load(residual + (x * TLanes.Count)));
        TLanes.Store(output + (x * TLanes.Count), TLanes.Min(high, TLanes.Max(low, sum)));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLanes Weight(float* weights, int position) => TLanes.Load(weights + (position * TLanes.Count));

    /// <summary>Activations that are not clamps: a second pass over the stored output.</summary>
    private void Activate(float* output, int rows) => ActivationRow.Apply<TLanes>(output, _problem.Output.Width, rows, _problem.Output.RowStride, _problem.Activation);
}
