namespace Espalier.Execution;

/// <summary>Runs a kernel on a part of a batch.</summary>
/// <param name="operands">Where its operands lie.</param>
/// <param name="part">Index of the part to compute.</param>
/// <param name="parts">Number of parts. Results are bit-identical for any number.</param>
internal delegate void ForwardKernel(in ForwardOperands operands, int part, int parts);

/// <summary>Where the operands of a kernel call lie.</summary>
internal readonly ref struct ForwardOperands
{
    /// <summary>Number of samples.</summary>
    public required int Batch { get; init; }

    /// <summary>What it reads.</summary>
    public required ReadOnlySpan<float> Input { get; init; }

    /// <summary>The second operand of a kernel that has one.</summary>
    public ReadOnlySpan<float> Second { get; init; }

    /// <summary>What it makes.</summary>
    public required Span<float> Output { get; init; }
}

/// <summary>One kernel call of an op: most ops take one, a sum or a concat several.</summary>
/// <param name="Kernel">What is called.</param>
/// <param name="Input">Which of the op's inputs it reads, or <see cref="Output"/>.</param>
/// <param name="Second">Which of the op's inputs is the second operand, or <see cref="None"/>.</param>
internal readonly record struct ForwardCall(ForwardKernel Kernel, int Input = 0, int Second = ForwardCall.None)
{
    /// <summary>In place of an input: there is none.</summary>
    public const int None = -1;

    /// <summary>In place of an input: what earlier calls made.</summary>
    public const int Output = -2;
}
