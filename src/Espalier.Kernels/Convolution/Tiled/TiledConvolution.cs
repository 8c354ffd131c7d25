using System.Runtime.CompilerServices;
using Espalier.Tensors;

namespace Espalier.Kernels;

/// <summary>A packed convolution computed by register tiles.</summary>
/// <remarks>
/// A unit of work is a band of tiles of one image, for the panels of one or two output channel blocks. Bands are small enough that their input
/// stays in the second-level cache while all panels read it; while a band is computed with one panel's weights, the next
/// panel's are prefetched. Units write disjoint memory, and the order of summation does not depend on the unit.
/// </remarks>
internal sealed unsafe class TiledConvolution<TLanes> : PackedConvolution, IDepthwiseRows where TLanes : unmanaged, ILanes<TLanes>
{
    // Bytes of input per band: half of a second-level cache of 1 MB. Times hardly depend on it from 128 KB to 1.2 MB.
    private const int BandBytes = 512 * 1024;

    private readonly ConvolutionProblem _problem;
    private readonly TiledPlan _plan;
    private readonly MapTile[] _tiles;
    private readonly int[] _unitPanels; // the first panel of each unit, and the number of panels
    private readonly int _bands; // number of bands of an image for one part; larger for more parts
    private readonly (float Low, float High) _limits;

    internal TiledConvolution(in ConvolutionProblem problem, TiledPlan plan)
    {
        _problem = problem;
        _plan = plan;
        _tiles = MapTiling.Cut(problem, TileLimits.MaximumWidth(TLanes.Count, plan.TwoVectors is null ? 1 : 2));
        _limits = problem.Activation.Limits ?? Activation.None.Limits!.Value;
        _unitPanels = [.. Enumerable.Range(0, plan.Panels.Length).Where(i => i == 0 || plan.Panels[i].Block != plan.Panels[i - 1].Block), plan.Panels.Length];
        long pixels = (long)problem.Output.Height * problem.Output.Width
            * Math.Min(problem.Stride.Height, problem.Kernel.Height) * Math.Min(problem.Stride.Width, problem.Kernel.Width);
        long inputBytes = pixels * problem.Input.Blocks * problem.Input.Lanes * sizeof(float);
        _bands = (int)Math.Clamp((inputBytes + BandBytes - 1) / BandBytes, 1, _tiles.Length);
    }

    public override string KernelName => _plan.KernelName;

    public override ConvolutionProblem Problem => _problem;

    public override long PackedBytes => (long)(_plan.Weights.Length + _plan.Selectors.Length + _plan.Bias.Length) * sizeof(float);

    public override int MaximumParts(int batch) =>
        (int)Math.Clamp(WorkSplit.UsefulParts(_problem, batch), 1, Math.Max(1, (long)batch * _tiles.Length * ChannelUnits));

    private protected override PackedConvolution Resized(in ConvolutionProblem problem) => new TiledConvolution<TLanes>(problem, _plan);

    /// <summary>Number of panels that are units of work.</summary>
    internal int ChannelUnits => _unitPanels.Length - 1;

    /// <summary>Blocks of channels of the largest panel.</summary>
    internal int MostVectors => _plan.TwoVectors is null ? 1 : 2;

    /// <inheritdoc/>
    public bool TakesAnyRows => _tiles.Length % _problem.Output.Height == 0;

    internal override DepthwisePair? Before(PackedConvolution next) => _plan.Selectors.IsEmpty ? TiledDepthwisePair<TLanes>.Of(this, next) : null;

    /// <summary>The blocks of channels of a unit.</summary>
    internal (int Count, int First) BlocksOf(int unit) => (_plan.Panels[_unitPanels[unit]].Vectors, _plan.Panels[_unitPanels[unit]].Block);

    /// <summary>Computes rows of the channels of one unit.</summary>
    /// <param name="input">The input image.</param>
    /// <param name="unit">The unit.</param>
    /// <param name="rows">The rows of the output.</param>
    /// <param name="output">Where row 0 of the unit's first block, its left border included, is or would be.</param>
    /// <param name="blockStride">Distance to the unit's next block, in floats.</param>
    internal void ComputeRows(float* input, int unit, (int First, int End) rows, float* output, nint blockStride)
    {
        OutputPanel panel = _plan.Panels[_unitPanels[unit]];
        fixed (float* weights = _plan.Weights.Span, bias = _plan.Bias.Span)
        {
            TileArguments arguments = Arguments(_unitPanels[unit], weights, null, bias, last: false);
            arguments.OutputBlockStride = blockStride;
            RunBand(&arguments, panel, TilesOf(rows), input, null, output - (panel.Block * (nint)_problem.Output.BlockStride) - (_problem.Output.Border.Top * (nint)_problem.Output.RowStride), null);
        }
    }

    /// <inheritdoc/>
    public void ComputeRows(float* map, int block, (int First, int End) rows, float* output)
    {
        OutputPanel panel = _plan.Panels[block];
        int top = (rows.First * _problem.Stride.Height) - _problem.Padding.Top + _problem.Input.Border.Top;
        float* input = map - (top * (nint)_problem.Input.RowStride) - (block * (nint)_problem.Input.BlockStride);
        fixed (float* weights = _plan.Weights.Span, bias = _plan.Bias.Span)
        {
            TileArguments arguments = Arguments(block, weights, null, bias, last: false);
            RunBand(&arguments, panel, TilesOf(rows), input, null, output, null);
        }
    }

    private (int First, int End) TilesOf((int First, int End) rows)
    {
        int height = _problem.Output.Height;
        return rows == (0, height) ? (0, _tiles.Length) : (rows.First * (_tiles.Length / height), rows.End * (_tiles.Length / height));
    }

    public override void Run(in ConvolutionOperands operands, int part, int parts)
    {
        ProblemChecks.Require(_problem, operands, ScratchLength);
        int bands = WorkSplit.Pieces(_bands, _tiles.Length, operands.Batch * ChannelUnits, parts);
        (int first, int end) = WorkSplit.Range(operands.Batch * bands * ChannelUnits, part, parts);
        fixed (float* input = operands.Input, residual = operands.Residual, output = operands.Output)
        fixed (float* weights = _plan.Weights.Span, selectors = _plan.Selectors.Span, bias = _plan.Bias.Span)
        {
            for (int unit = first; unit < end; unit++)
            {
                (int imageAndBand, int channels) = Math.DivRem(unit, ChannelUnits);
                (int image, int band) = Math.DivRem(imageAndBand, bands);
                for (int panel = _unitPanels[channels]; panel < _unitPanels[channels + 1]; panel++)
                {
                    bool last = unit + 1 == end && panel + 1 == _unitPanels[channels + 1];
                    TileArguments arguments = Arguments(panel, weights, selectors, bias, last);
                    RunBand(
                        &arguments,
                        _plan.Panels[panel],
                        WorkSplit.Range(_tiles.Length, band, bands),
                        input + ((long)image * _problem.Input.Length),
                        residual != null && _problem.Residual is { } layout ? residual + ((long)image * layout.Length) : null,
                        output + ((long)image * _problem.Output.Length),
                        selectors);
                }
            }
        }
    }

    private TileArguments Arguments(int panelIndex, float* weights, float* selectors, float* bias, bool last)
    {
        OutputPanel panel = _plan.Panels[panelIndex];
        OutputPanel next = last ? panel : _plan.Panels[(panelIndex + 1) % _plan.Panels.Length];
        return new TileArguments
        {
            Weights = weights + panel.Weights,
            Selectors = selectors + panel.Selectors,
            Bias = bias + (panel.Block * TLanes.Count),
            OutputBlockStride = _problem.Output.BlockStride,
            ResidualBlockStride = _problem.Residual?.BlockStride ?? 0,
            InputBlockStride = _problem.Input.BlockStride,
            PixelStride = _problem.Stride.Width * _problem.Input.Lanes,
            TapRowStride = _problem.Dilation.Height * _problem.Input.RowStride,
            TapColumnStride = _problem.Dilation.Width * _problem.Input.Lanes,
            KernelHeight = _problem.Kernel.Height,
            KernelWidth = _problem.Kernel.Width,
            InputLanes = _problem.Input.Lanes,
            FirstLane = panel.FirstChannel % _problem.Input.Lanes,
            Channels = panel.Steps,
            FetchedResults = ((TileLimits.Pixels / 2 * _problem.Input.Lanes) + panel.Steps - 1) / panel.Steps,
            Clamps = _problem.Activation is { Kind: not ActivationKind.Identity, Limits: not null },
            Low = _limits.Low,
            High = _limits.High,
            Prefetch = weights + next.Weights,
        };
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void RunBand(TileArguments* arguments, in OutputPanel panel, (int First, int End) band, float* input, float* residual, float* output, float* selectors)
    {
        delegate*<TileArguments*, void>[] kernels = panel.Vectors == 1 ? _plan.OneVector : _plan.TwoVectors!;
        bool hasResidual = residual != null;
        input += (panel.FirstChannel / _problem.Input.Lanes) * _problem.Input.BlockStride;
        output += panel.Block * _problem.Output.BlockStride;
        residual += panel.Block * arguments->ResidualBlockStride;
        int steps = panel.Steps * _problem.Kernel.Area;
        arguments->PrefetchStep = (panel.Vectors * TLanes.Count) / Math.Max(1, band.End - band.First);
        float* kept = stackalloc float[panel.Mask < 0 ? 0 : TileLimits.Pixels * TLanes.Count];
        for (int index = band.First; index < band.End; index++)
        {
            ref readonly MapTile tile = ref _tiles[index];
            arguments->Input = input + tile.Input;
            arguments->SecondInput = input + tile.SecondInput;
            arguments->Output = panel.Mask < 0 ? output + tile.Output : kept;
            arguments->SecondOutput = panel.Mask < 0 ? output + tile.SecondOutput : kept + (tile.FirstRun * TLanes.Count);
            arguments->Residual = hasResidual ? residual + tile.Residual : null;
            arguments->SecondResidual = residual + tile.SecondResidual;
            arguments->NextInput = index + 1 < band.End && !panel.SharesInput ? _tiles[index + 1].Input - tile.Input : 0;
            kernels[tile.Width - 1](arguments);
            arguments->Prefetch += steps * arguments->PrefetchStep;
            if (_problem.Activation.Limits is null)
            {
                Activate(arguments, tile, panel.Vectors);
            }

            if (panel.Mask >= 0)
            {
                TLanes mask = TLanes.Load(selectors + panel.Mask);
                Merge(mask, kept, output + tile.Output, tile.FirstRun);
                Merge(mask, kept + (tile.FirstRun * TLanes.Count), output + tile.SecondOutput, tile.Width - tile.FirstRun);
            }
        }
    }

    /// <summary>Activations that are not clamps: a second pass over the tile's stored output.</summary>
    private void Activate(TileArguments* arguments, in MapTile tile, int vectors)
    {
        float* first = arguments->Output, second = arguments->SecondOutput;
        nint block = arguments->OutputBlockStride;
        if (second == first + (tile.FirstRun * TLanes.Count))
        {
            ActivationRow.Apply<TLanes>(first, tile.Width, vectors, block, _problem.Activation);
            return;
        }

        ActivationRow.Apply<TLanes>(first, tile.FirstRun, vectors, block, _problem.Activation);
        ActivationRow.Apply<TLanes>(second, tile.Width - tile.FirstRun, vectors, block, _problem.Activation);
    }

    /// <summary>Stores the lanes selected by <paramref name="mask"/> and keeps the others, which belong to other groups.</summary>
    private static void Merge(TLanes mask, float* from, float* to, int pixels)
    {
        for (int i = 0; i < pixels; i++, from += TLanes.Count, to += TLanes.Count)
        {
            TLanes.Store(to, TLanes.SelectPositive(mask, TLanes.Load(from), TLanes.Load(to)));
        }
    }
}
