namespace Espalier.Kernels;

/// <summary>One axis of a phase: input pixel First + stride · m reads output pixels m + Offset + k · Dilation, one for each kernel position k.</summary>
/// <param name="First">The first input pixel.</param>
/// <param name="Pixels">Number of input pixels.</param>
/// <param name="Positions">The forward kernel positions, in the order of the output pixels.</param>
/// <param name="Offset">The output pixel of the first kernel position for the first input pixel; may be negative.</param>
/// <param name="Dilation">Distance between the output pixels of neighbouring kernel positions.</param>
internal readonly record struct PhaseAxis(int First, int Pixels, int[] Positions, int Offset, int Dilation)
{
    /// <summary>The last output pixel that is read.</summary>
    internal int Last => Positions.Length == 0 ? -1 : Pixels - 1 + Offset + ((Positions.Length - 1) * Dilation);

    /// <summary>The direction's phase with the given remainder.</summary>
    internal static PhaseAxis Of(int remainder, int stride, int dilation, int kernel, int pad, int input)
    {
        // Output pixel y reads input pixel y · stride − pad + position · dilation: later kernel positions belong to earlier output pixels.
        int[] positions = [.. Enumerable.Range(0, kernel).Reverse().Where(position => (remainder + pad - (position * dilation)) % stride == 0)];
        int Output(int position) => (remainder + pad - (position * dilation)) / stride;
        return new PhaseAxis(
            remainder,
            remainder < input ? ((input - remainder - 1) / stride) + 1 : 0,
            positions,
            positions.Length == 0 ? 0 : Output(positions[0]),
            positions.Length < 2 ? 1 : Output(positions[1]) - Output(positions[0]));
    }
}
