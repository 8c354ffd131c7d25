namespace Espalier.Kernels;

/// <summary>The input gradient of a convolution with strides: one convolution for each remainder of rows and columns, whose results are interleaved.</summary>
internal sealed unsafe class PhasedInputGradient : ConvolutionInputGradient
{
    private readonly InputGradientPhase[] _phases;
    private readonly RotatedConvolution?[] _convolutions; // null where the gradient is zero
    private readonly ConvolutionProblem _forward;
    private readonly BlockedLayout _source;
    private readonly BlockedLayout _target;
    private readonly int _mapLength;

    internal PhasedInputGradient(in ConvolutionProblem forward, BlockedLayout outputGradient, BlockedLayout inputGradient, ReadOnlySpan<float> weights, string? preferred)
        : base(weights.Length)
    {
        (_forward, _source, _target) = (forward, outputGradient, inputGradient);
        _phases = [.. InputGradientGeometry.Phases(forward)];
        _convolutions = new RotatedConvolution?[_phases.Length];
        for (int i = 0; i < _phases.Length; i++)
        {
            _mapLength = Math.Max(_mapLength, Map(_phases[i]).Length);
            _convolutions[i] = _phases[i].IsZero ? null : new RotatedConvolution(forward, _phases[i], outputGradient, Map(_phases[i]), weights, preferred);
        }
    }

    public override string KernelName =>
        "phases of " + string.Join(", ", _convolutions.Select(convolution => convolution?.Packed.KernelName ?? "zeros").Distinct());

    public override long PackedBytes => _convolutions.Sum(convolution => convolution?.Packed.PackedBytes ?? 0);

    public override int ScratchLength => _mapLength + _convolutions.Max(convolution => convolution?.Packed.ScratchLength ?? 0);

    public override int MaximumParts(int batch) => (int)Math.Clamp(WorkSplit.UsefulParts(_forward, batch), 1, Math.Max(1, (long)batch * _phases.Length));

    private protected override void RepackChecked(ReadOnlySpan<float> weights, int part, int parts)
    {
        foreach (RotatedConvolution? convolution in _convolutions)
        {
            convolution?.Repack(weights, part, parts);
        }
    }

    public override void Run(in InputGradientOperands operands, int part, int parts)
    {
        _source.ExpectBatch(operands.Batch, operands.OutputGradient.Length, nameof(operands.OutputGradient));
        _target.ExpectBatch(operands.Batch, operands.InputGradient.Length, nameof(operands.InputGradient));
        Expect.That(operands.Scratch.Length >= ScratchLength, $"the scratch holds {operands.Scratch.Length} floats, but {ScratchLength} are needed");
        (int first, int end) = WorkSplit.Range(operands.Batch * _phases.Length, part, parts);
        for (int unit = first; unit < end; unit++)
        {
            (int image, int index) = Math.DivRem(unit, _phases.Length);
            InputGradientPhase phase = _phases[index];
            Span<float> map = operands.Scratch[..Map(phase).Length];
            if (_convolutions[index] is { } convolution)
            {
                convolution.Packed.Run(
                    new ConvolutionOperands
                    {
                        Batch = 1,
                        Input = operands.OutputGradient.Slice(image * _source.Length, _source.Length),
                        Output = map,
                        Scratch = operands.Scratch[_mapLength..],
                    },
                    part: 0,
                    parts: 1);
            }
            else if (operands.Accumulate)
            {
                continue;
            }
            else
            {
                map.Clear();
            }

            Interleave(map, phase, operands.InputGradient.Slice(image * _target.Length, _target.Length), operands.Accumulate);
        }
    }

    /// <summary>One phase's pixels, close together.</summary>
    private BlockedLayout Map(InputGradientPhase phase) => new(_target.Channels, phase.Rows.Pixels, phase.Columns.Pixels, _target.Lanes);

    private void Interleave(ReadOnlySpan<float> map, InputGradientPhase phase, Span<float> target, bool accumulate)
    {
        fixed (float* from = map, to = target)
        {
            LanesDispatch.Run(_target.Lanes, new InterleaveJob
            {
                Map = Map(phase),
                Target = _target,
                From = from,
                To = to + _target.Offset(0, phase.Rows.First, phase.Columns.First),
                StrideHeight = _forward.Stride.Height,
                StrideWidth = _forward.Stride.Width,
                Accumulate = accumulate,
            });
        }
    }
}
