namespace Espalier.Kernels;

/// <summary>A pair whose first convolution is computed by register tiles.</summary>
/// <remarks>
/// A unit of work is a band of output rows of the channels of one panel, one or two blocks: the first convolution computes the rows that the band reads, which stay in the second-level cache, and the depthwise one reads them there.
/// Neighbouring bands compute the rows between them twice, so that units are independent. In MobileNets and EfficientNets the maps between the two are the largest of the network.
/// </remarks>
internal sealed unsafe class TiledDepthwisePair<TLanes> : DepthwisePair where TLanes : unmanaged, ILanes<TLanes>
{
    // Bytes of the map between the two for one unit: half of a second-level cache of 1 MB.
    private const int BandBytes = 512 * 1024;

    private readonly TiledConvolution<TLanes> _first;
    private readonly IDepthwiseRows _second;
    private readonly BlockedLayout _between;
    private readonly int _bands; // of an image, for one part; larger for more parts

    private TiledDepthwisePair(TiledConvolution<TLanes> first, IDepthwiseRows second)
    {
        (_first, _second) = (first, second);
        _between = first.Problem.Output;
        long bytes = (long)first.MostVectors * _between.BlockStride * sizeof(float);
        _bands = MostBands == 1 ? 1 : (int)Math.Clamp((bytes + BandBytes - 1) / BandBytes, 1, MostBands);
    }

    public override ConvolutionProblem First => _first.Problem;

    public override ConvolutionProblem Second => _second.Problem;

    public override int ScratchLength => checked(_first.MostVectors * RowsRead((0, (Second.Output.Height + _bands - 1) / _bands)) * _between.RowStride);

    private int MostBands => _first.TakesAnyRows && _second.TakesAnyRows ? Second.Output.Height : 1;

    /// <summary>The two as a pair, or <see langword="null"/> where one of them is something else.</summary>
    internal static TiledDepthwisePair<TLanes>? Of(TiledConvolution<TLanes> first, PackedConvolution next)
    {
        if (first.Problem is not { Kernel: (1, 1), Stride: (1, 1), Groups: 1, Residual: null, Padding: { Top: 0, Left: 0 } }
            || next is not IDepthwiseRows { Problem: { Residual: null } problem } second
            || problem.Input != first.Problem.Output
            || problem.Groups != problem.Input.Channels
            || problem.Groups != problem.Output.Channels)
        {
            return null;
        }

        var pair = new TiledDepthwisePair<TLanes>(first, second);
        int end = pair.RowsRead((0, problem.Output.Height)) - problem.Padding.Top;
        return pair.MostBands > 1 || end >= problem.Input.Height ? pair : null; // without bands the first computes all rows, so the second must have room for them
    }

    public override void Run(in ConvolutionOperands operands, int part, int parts)
    {
        ProblemChecks.RequirePair(First, Second, operands, ScratchLength);
        int bands = WorkSplit.Pieces(_bands, MostBands, operands.Batch * _first.ChannelUnits, parts);
        (int first, int end) = WorkSplit.Range(operands.Batch * bands * _first.ChannelUnits, part, parts);
        if (first < end)
        {
            operands.Scratch[..ScratchLength].Clear(); // the columns of the border stay zero
        }

        fixed (float* input = operands.Input, output = operands.Output, between = operands.Scratch)
        {
            for (int unit = first; unit < end; unit++)
            {
                (int imageAndBand, int channels) = Math.DivRem(unit, _first.ChannelUnits);
                (int image, int band) = Math.DivRem(imageAndBand, bands);
                Band(input + ((long)image * First.Input.Length), channels, WorkSplit.Range(Second.Output.Height, band, bands), between, output + ((long)image * Second.Output.Length));
            }
        }
    }

    private void Band(float* input, int channels, (int First, int End) rows, float* between, float* output)
    {
        int top = (rows.First * Second.Stride.Height) - Second.Padding.Top;
        int read = RowsRead(rows);
        nint block = (nint)read * _between.RowStride;
        (int First, int End) inside = (Math.Max(0, top), Math.Min(_between.Height, top + read));
        (int blocks, int firstBlock) = _first.BlocksOf(channels);
        for (int i = 0; i < blocks; i++)
        {
            float* map = between + (i * block);
            new Span<float>(map, (inside.First - top) * _between.RowStride).Clear();
            new Span<float>(map + ((inside.End - top) * (nint)_between.RowStride), (top + read - inside.End) * _between.RowStride).Clear();
        }

        _first.ComputeRows(input, channels, inside, between - (top * (nint)_between.RowStride), block);
        for (int i = 0; i < blocks; i++)
        {
            _second.ComputeRows(between + (i * block), firstBlock + i, rows, output);
        }
    }

    /// <summary>The rows that the depthwise convolution reads for some of its rows.</summary>
    private int RowsRead((int First, int End) rows) => ((rows.End - rows.First - 1) * Second.Stride.Height) + ((Second.Kernel.Height - 1) * Second.Dilation.Height) + 1;
}
