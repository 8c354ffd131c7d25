namespace Espalier.Kernels;

/// <summary>The data of one forward call of a <see cref="BatchNormTraining"/>.</summary>
internal readonly ref struct BatchNormForwardOperands
{
    /// <summary>Number of images.</summary>
    public required int Batch { get; init; }

    /// <summary>x: batch x its layout.</summary>
    public required ReadOnlySpan<float> Input { get; init; }

    /// <summary>The residual, batch x its layout; empty if the problem has none.</summary>
    public ReadOnlySpan<float> Residual { get; init; }

    /// <summary>y: batch x its layout. May be the memory of the residual or, where no backward call follows, of the input, if the layouts are the same.</summary>
    public required Span<float> Output { get; init; }

    /// <summary>γ of each channel, or empty for 1.</summary>
    public ReadOnlySpan<float> Weight { get; init; }

    /// <summary>β of each channel, or empty for 0.</summary>
    public ReadOnlySpan<float> Bias { get; init; }

    /// <summary>Becomes the batch's mean of each channel: <see cref="BlockedLayout.PaddedChannels"/> floats.</summary>
    public required Span<float> Mean { get; init; }

    /// <summary>Becomes the batch's biased variance of each channel; as many floats.</summary>
    public required Span<float> Variance { get; init; }

    /// <summary>Becomes 1 / √(variance + eps) of each channel; as many floats.</summary>
    public required Span<float> InverseDeviation { get; init; }

    /// <summary><see cref="BatchNormTraining.WorkspaceLength"/> floats, shared by all parts of both phases.</summary>
    public required Span<float> Workspace { get; init; }

    /// <summary>The moments of all chunks of a larger batch that this one is a part of, as <see cref="BatchNormTraining.GatherMoments"/> writes them; empty where the batch is normalized by itself.</summary>
    public ReadOnlySpan<float> Gathered { get; init; }

    /// <summary>The number of images of each chunk of <see cref="Gathered"/>.</summary>
    public ReadOnlySpan<int> GatheredImages { get; init; }
}
