namespace Espalier.Kernels;

/// <summary>The numbers of an 8-bit convolution or linear layer.</summary>
internal readonly ref struct IntegerWeights
{
    /// <summary>[output channels][input channels / groups][kernel height][kernel width].</summary>
    public required ReadOnlySpan<sbyte> Weights { get; init; }

    /// <summary>One value for each output channel in units of input scale x weight scale, or empty.</summary>
    public ReadOnlySpan<int> Bias { get; init; }

    /// <summary>Zero point of the input, which its border is filled with.</summary>
    public required int InputZeroPoint { get; init; }

    /// <summary>One for each output channel: <see cref="Requantization.Multiplier(float, float, float)"/> of input, weight and output scale. Empty if the sums themselves are the result.</summary>
    public ReadOnlySpan<float> Multipliers { get; init; }

    /// <summary>Zero point and limits of the output.</summary>
    public Requantization Output { get; init; }

    /// <summary>The addition of the problem's residual before the last rounding, or <see langword="null"/>.</summary>
    public ResidualAddition? Addition { get; init; }
}
