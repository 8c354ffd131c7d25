namespace Espalier.Kernels;

/// <summary>The input gradient of a convolution with stride 1: one convolution.</summary>
internal sealed class UnitStrideInputGradient(RotatedConvolution convolution, int weights) : ConvolutionInputGradient(weights)
{
    public override string KernelName => convolution.Packed.KernelName;

    public override long PackedBytes => convolution.Packed.PackedBytes;

    public override int ScratchLength => convolution.Packed.ScratchLength;

    public override int MaximumParts(int batch) => convolution.Packed.MaximumParts(batch);

    private protected override void RepackChecked(ReadOnlySpan<float> weights, int part, int parts) => convolution.Repack(weights, part, parts);

    public override void Run(in InputGradientOperands operands, int part, int parts) => convolution.Packed.Run(
        new ConvolutionOperands
        {
            Batch = operands.Batch,
            Input = operands.OutputGradient,
            Residual = operands.Accumulate ? operands.InputGradient : [],
            Output = operands.InputGradient,
            Scratch = operands.Scratch,
        },
        part,
        parts);
}
