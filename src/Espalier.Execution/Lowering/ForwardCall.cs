namespace Espalier.Execution;

/// <summary>Runs a kernel on a part of a batch.</summary>
/// <param name="operands">The memory of the operands.</param>
/// <param name="part">Index of the part to compute.</param>
/// <param name="parts">Number of parts. Results are bit-identical for any number.</param>
internal delegate void ForwardKernel(in ForwardOperands operands, int part, int parts);

/// <summary>The memory of the operands of a kernel call.</summary>
internal readonly ref struct ForwardOperands
{
    /// <summary>Number of samples.</summary>
    public required int Batch { get; init; }

    /// <summary>The first operand.</summary>
    public required ReadOnlySpan<float> Input { get; init; }

    /// <summary>The second operand; empty for a kernel with one operand.</summary>
    public ReadOnlySpan<float> Second { get; init; }

    /// <summary>The output.</summary>
    public required Span<float> Output { get; init; }
}

/// <summary>One kernel call of an op. Most ops are computed by one call, a sum or a concat by several.</summary>
/// <param name="Kernel">The kernel.</param>
/// <param name="Input">The index of the op's input that is the first operand, or <see cref="Output"/>.</param>
/// <param name="Second">The index of the op's input that is the second operand, or <see cref="None"/>.</param>
internal readonly record struct ForwardCall(ForwardKernel Kernel, int Input = 0, int Second = ForwardCall.None)
{
    /// <summary>The index that stands for no operand.</summary>
    public const int None = -1;

    /// <summary>The index that stands for the output as written by the preceding calls.</summary>
    public const int Output = -2;
}
