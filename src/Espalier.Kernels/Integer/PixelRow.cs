namespace Espalier.Kernels;

/// <summary>Maps of three channels without padding, three bytes a pixel: a row of the kernel is one sequence of bytes, whose quads know no pixels. A row of seven pixels has six quads, and seven where each pixel is padded to four channels.</summary>
/// <remarks>The last quad begins early enough to end with the row; the bytes that it repeats have zero weights.</remarks>
internal static class PixelRow
{
    /// <summary>Channels, and bytes of a pixel.</summary>
    internal const int Lanes = 3;

    /// <summary>Whether an input has this layout.</summary>
    internal static bool Serves(in ConvolutionProblem problem) => problem.Input.Lanes == Lanes;

    /// <summary>What keeps a convolution of such a map from being computed, as the end of a sentence, or <see langword="null"/>.</summary>
    internal static string? ObstacleOf(in ConvolutionProblem problem) => problem switch
    {
        { Input.Channels: not Lanes } => $"blocks of 3 channels, but {problem.Input.Channels} channels",
        { Dilation.Width: > 1 } or { Kernel.Width: 1 } => "blocks of 3 channels, which a kernel with several adjacent columns can read",
        { Groups: > 1 } => "blocks of 3 channels, which a convolution without groups can read",
        _ => null,
    };

    /// <summary>Bytes of a row of the kernel.</summary>
    internal static int BytesOf(in ConvolutionProblem problem) => problem.Kernel.Width * Lanes;

    /// <summary>Quads of a row of the kernel.</summary>
    internal static int QuadsOf(in ConvolutionProblem problem) => (BytesOf(problem) + SumShape.QuadChannels - 1) / SumShape.QuadChannels;

    /// <summary>The first byte of a quad.</summary>
    internal static int QuadOffset(int rowBytes, int quad) => Math.Min(quad * SumShape.QuadChannels, rowBytes - SumShape.QuadChannels);

    /// <summary>The channel and column of a byte of a quad; channel −1 if an earlier quad has it.</summary>
    internal static (int Channel, int Column) Source(in ConvolutionProblem problem, int quad, int within)
    {
        int at = QuadOffset(BytesOf(problem), quad) + within;
        return at < quad * SumShape.QuadChannels ? (-1, 0) : (at % Lanes, at / Lanes);
    }
}
