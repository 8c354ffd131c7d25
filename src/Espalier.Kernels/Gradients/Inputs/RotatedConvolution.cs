namespace Espalier.Kernels;

/// <summary>A convolution of the output gradient with some of a layer's rotated weights, with input and output channels exchanged.</summary>
internal sealed class RotatedConvolution
{
    private readonly ConvolutionProblem _forward;
    private readonly int[] _taps;

    internal RotatedConvolution(
        in ConvolutionProblem forward, InputGradientPhase phase, BlockedLayout outputGradient, BlockedLayout target, ReadOnlySpan<float> weights, string? preferred)
    {
        _forward = forward;
        _taps = phase.Positions(forward.Kernel.Width);
        ConvolutionProblem problem = phase.Problem(forward, outputGradient, target);
        float[] turned = FilterBank.Turned(forward, weights, _taps).ToArray(forward.Input.Channels, forward.GroupOutputChannels);
        Packed = ConvolutionKernel.Choose(problem, null, preferred, repacks: true).Pack(problem, turned, []);
    }

    /// <summary>Ready to run.</summary>
    internal PackedConvolution Packed { get; }

    /// <summary>Refreshes the packed weights.</summary>
    internal void Repack(ReadOnlySpan<float> weights, int part, int parts) =>
        Packed.Packer!.Pack(FilterBank.Turned(_forward, weights, _taps), [], part, parts);
}
