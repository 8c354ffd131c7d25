using System.Runtime.CompilerServices;

namespace Espalier.Kernels;

/// <summary>A direct convolution, packed.</summary>
/// <remarks>
/// A unit of work is one panel of output channels over one band of tiles. Bands are small enough that their input stays in the
/// second-level cache while one panel after the other reads it; while a band is computed with one panel's weights, the next panel's are fetched.
/// </remarks>
internal sealed unsafe class DirectConvolution<TLanes> : PackedConvolution where TLanes : unmanaged, ILanes<TLanes>
{
    // Half of the 512 KB to 1 MB of second-level cache that x86-64 and Arm server cores have had since about 2018; measured best of 128 KB to 1 MB.
    private const int BandBytes = 256 * 1024;

    private readonly ConvolutionProblem _problem;
    private readonly DirectWeights _weights;
    private readonly MapTile[] _tiles;
    private readonly int _bands;
    private readonly (float Low, float High) _limits;

    internal DirectConvolution(in ConvolutionProblem problem, DirectWeights weights)
    {
        _problem = problem;
        _weights = weights;
        _tiles = MapTiling.Cut(problem, DirectTileTable<TLanes>.MaximumWidth);
        _limits = LaneActivation.Limits(problem.Activation.Kind);
        long inputBytes = (long)problem.Output.Height * problem.Output.Width * problem.StrideHeight * problem.StrideWidth * problem.Input.Blocks * problem.Input.Lanes * sizeof(float);
        _bands = (int)Math.Clamp((inputBytes + BandBytes - 1) / BandBytes, 1, _tiles.Length);
    }

    public override string KernelName => "direct";

    public override ConvolutionProblem Problem => _problem;

    public override long PackedBytes => (long)_weights.Weights.Length * sizeof(float);

    public override int MaximumParts(int batch) => batch * _bands * _weights.Panels.Length;

    public override void Run(in ConvolutionOperands operands, int part, int parts)
    {
        ProblemChecks.Require(_problem, operands, ScratchLength);
        (int first, int end) = WorkSplit.Range(MaximumParts(operands.Batch), part, parts);
        fixed (float* input = operands.Input, residual = operands.Residual, output = operands.Output, weights = _weights.Weights.Span, bias = _weights.Bias.Span)
        {
            for (int unit = first; unit < end; unit++)
            {
                (int imageAndBand, int panel) = Math.DivRem(unit, _weights.Panels.Length);
                (int image, int band) = Math.DivRem(imageAndBand, _bands);
                TileArguments arguments = Arguments(panel, weights, bias, unit + 1 < end);
                RunBand(
                    &arguments,
                    band,
                    panel,
                    input + ((long)image * _problem.Input.Length),
                    _problem.Residual is { } layout ? residual + ((long)image * layout.Length) : null,
                    output + ((long)image * _problem.Output.Length));
            }
        }
    }

    private TileArguments Arguments(int panelIndex, float* weights, float* bias, bool more)
    {
        OutputPanel panel = _weights.Panels[panelIndex];
        OutputPanel next = _weights.Panels[(panelIndex + 1) % _weights.Panels.Length];
        return new TileArguments
        {
            Weights = weights + panel.Weights,
            Bias = bias + (panel.Block * TLanes.Count),
            OutputBlockStride = _problem.Output.BlockStride,
            ResidualBlockStride = _problem.Residual?.BlockStride ?? 0,
            InputBlockStride = _problem.Input.BlockStride,
            PixelStride = _problem.StrideWidth * _problem.Input.Lanes,
            TapRowStride = _problem.DilationHeight * _problem.Input.RowStride,
            TapColumnStride = _problem.DilationWidth * _problem.Input.Lanes,
            KernelHeight = _problem.KernelHeight,
            KernelWidth = _problem.KernelWidth,
            InputLanes = _problem.Input.Lanes,
            FirstLane = panel.FirstChannel % _problem.Input.Lanes,
            Channels = _problem.GroupInputChannels,
            Low = _limits.Low,
            High = _limits.High,
            Prefetch = weights + (more ? next : panel).Weights,
        };
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void RunBand(TileArguments* arguments, int band, int panelIndex, float* input, float* residual, float* output)
    {
        OutputPanel panel = _weights.Panels[panelIndex];
        delegate*<TileArguments*, void>[] kernels = DirectTileTable<TLanes>.OfVectors(panel.Vectors);
        (int first, int end) = WorkSplit.Range(_tiles.Length, band, _bands);
        input += (panel.FirstChannel / _problem.Input.Lanes) * _problem.Input.BlockStride;
        output += panel.Block * _problem.Output.BlockStride;
        residual += panel.Block * (_problem.Residual?.BlockStride ?? 0);
        bool hasResidual = _problem.Residual is not null;
        int steps = _problem.GroupInputChannels * _problem.KernelHeight * _problem.KernelWidth;
        arguments->PrefetchStep = (panel.Vectors * TLanes.Count) / (end - first);
        for (int index = first; index < end; index++)
        {
            ref readonly MapTile tile = ref _tiles[index];
            arguments->Input = input + tile.Input;
            arguments->SecondInput = input + tile.SecondInput;
            arguments->Output = output + tile.Output;
            arguments->SecondOutput = output + tile.SecondOutput;
            arguments->Residual = hasResidual ? residual + tile.Residual : null;
            arguments->SecondResidual = residual + tile.SecondResidual;
            arguments->NextInput = index + 1 < end && panelIndex == 0 ? _tiles[index + 1].Input - tile.Input : 0;
            kernels[tile.Width - 1](arguments);
            arguments->Prefetch += steps * arguments->PrefetchStep;
            if (!LaneActivation.IsClamp(_problem.Activation.Kind))
            {
                Activate(tile, panel.Vectors, output);
            }
        }
    }

    /// <summary>The activations that need more than registers: a second pass over what the tile has just stored.</summary>
    private void Activate(in MapTile tile, int vectors, float* output)
    {
        for (int vector = 0; vector < vectors; vector++, output += _problem.Output.BlockStride)
        {
            LaneActivation.Apply<TLanes>(_problem.Activation, output + tile.Output, tile.FirstRun);
            LaneActivation.Apply<TLanes>(_problem.Activation, output + tile.SecondOutput, tile.Width - tile.FirstRun);
        }
    }
}
