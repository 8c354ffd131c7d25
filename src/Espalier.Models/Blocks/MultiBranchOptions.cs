using Espalier.Graphs;

namespace Espalier.Models;

/// <summary>The convolution that a block of <see cref="MultiBranchBlocks"/> folds into.</summary>
/// <param name="Channels">Channels it makes.</param>
public readonly record struct MultiBranchOptions(int Channels)
{
    /// <summary>Taps; odd in each direction.</summary>
    public Size Kernel { get; init; } = 3;

    /// <summary>Input pixels from one output pixel to the next.</summary>
    public Size Stride { get; init; } = 1;

    /// <summary>Input pixels from one tap to the next.</summary>
    public Size Dilation { get; init; } = 1;

    /// <summary>Groups of channels.</summary>
    public int Groups { get; init; } = 1;

    /// <summary>What keeps the size at stride 1.</summary>
    internal Padding Padding => new Size(Dilation.Height * (Kernel.Height - 1) / 2, Dilation.Width * (Kernel.Width - 1) / 2);

    /// <summary>Whether the input itself can be a branch.</summary>
    internal bool KeepsShape(Value x) => Stride == 1 && x.Channels == Channels;
}
