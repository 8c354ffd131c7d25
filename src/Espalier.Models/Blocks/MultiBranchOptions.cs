using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Models;

/// <summary>The convolution that a block of <see cref="MultiBranchBlocks"/> folds into.</summary>
/// <param name="Channels">Output channels.</param>
public readonly record struct MultiBranchOptions(int Channels)
{
    /// <summary>Kernel size. For an even size the smaller kernels are placed at the position above or left of the middle.</summary>
    public Size Kernel { get; init; } = 3;

    /// <summary>Distance between neighbouring output pixels, in input pixels.</summary>
    public Size Stride { get; init; } = 1;

    /// <summary>Distance between neighbouring kernel elements, in input pixels.</summary>
    public Size Dilation { get; init; } = 1;

    /// <summary>Number of groups of channels.</summary>
    public int Groups { get; init; } = 1;

    /// <summary>Zero padding in pixels, or <see langword="null"/> for the padding that keeps the size for odd kernels at stride 1.</summary>
    public Padding? Padding { get; init; }

    /// <summary>The padding; computed from kernel size and dilation if it is not given.</summary>
    internal Padding Border => Padding ?? new Size(Dilation.Height * (Kernel.Height - 1) / 2, Dilation.Width * (Kernel.Width - 1) / 2);

    /// <summary>Whether the input and output shapes are the same, so that the input itself can be a branch.</summary>
    internal bool KeepsShape(Value x) => Stride == 1 && x.Channels == Channels && Inset(1).IsNone;

    /// <summary>Whether a 1x1 at the centre of the kernel would start inside the input.</summary>
    internal bool CropsSmallerKernels => Inset(1) is { Top: < 0 } or { Left: < 0 };

    /// <summary>The options of a branch with a smaller kernel, centred in this one.</summary>
    internal MultiBranchOptions Smaller(Size kernel)
    {
        Padding inset = Inset(kernel);

        // A crop at the bottom or right has no effect if the stride skips those pixels. Otherwise the addition throws because the branch has a different size.
        return this with { Kernel = kernel, Padding = inset with { Bottom = Math.Max(0, inset.Bottom), Right = Math.Max(0, inset.Right) } };
    }

    /// <summary>The padding of a smaller kernel centred in this one; negative for a crop.</summary>
    private Padding Inset(Size kernel)
    {
        (int above, int below) = Around(Kernel.Height - kernel.Height, Dilation.Height);
        (int left, int right) = Around(Kernel.Width - kernel.Width, Dilation.Width);
        return new Padding(Border.Top - above, Border.Left - left, Border.Bottom - below, Border.Right - right);
    }

    private static (int Before, int After) Around(int positions, int dilation) => (positions / 2 * dilation, (positions - (positions / 2)) * dilation);
}
