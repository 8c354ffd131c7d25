using Espalier.Tensors;

namespace Espalier.Kernels;

/// <summary>Packed weights and panels: the parts in which kernels of register tiles differ.</summary>
internal sealed unsafe class TiledPlan
{
    /// <summary>The kernel that packed it.</summary>
    internal required string KernelName { get; init; }

    /// <summary>The panels, in the order of the output channels.</summary>
    internal required OutputPanel[] Panels { get; init; }

    /// <summary>The packed weights: for each panel <c>[input channel block][kernel position][step][vectors x lanes]</c>.</summary>
    internal required ReadOnlyMemory<float> Weights { get; init; }

    /// <summary>Selectors and masks.</summary>
    internal ReadOnlyMemory<float> Selectors { get; init; }

    /// <summary>One value for each output channel, padded with zeros to whole vectors.</summary>
    internal required ReadOnlyMemory<float> Bias { get; init; }

    /// <summary>The register tiles of one vector.</summary>
    internal required delegate*<TileArguments*, void>[] OneVector { get; init; }

    /// <summary>The register tiles of two vectors; <see langword="null"/> where no panel has two.</summary>
    internal delegate*<TileArguments*, void>[]? TwoVectors { get; init; }

    /// <summary>The biases, padded with zeros to whole vectors.</summary>
    internal static Memory<float> PackBias(in BlockedLayout output, ReadOnlySpan<float> bias)
    {
        Memory<float> packed = AlignedMemory.Allocate<float>(output.Blocks * output.Lanes);
        bias.CopyTo(packed.Span);
        return packed;
    }
}
