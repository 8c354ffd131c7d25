using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Models;

/// <summary>The convolution that a block of <see cref="MultiBranchBlocks"/> folds into.</summary>
/// <param name="Channels">Channels it makes.</param>
public readonly record struct MultiBranchOptions(int Channels)
{
    /// <summary>Taps. With an even number the other branches stand at the tap above or left of the middle.</summary>
    public Size Kernel { get; init; } = 3;

    /// <summary>Input pixels from one output pixel to the next.</summary>
    public Size Stride { get; init; } = 1;

    /// <summary>Input pixels from one tap to the next.</summary>
    public Size Dilation { get; init; } = 1;

    /// <summary>Groups of channels.</summary>
    public int Groups { get; init; } = 1;

    /// <summary>Zero pixels around the input, or <see langword="null"/> for what keeps the size of odd kernels at stride 1.</summary>
    public Padding? Padding { get; init; }

    /// <summary>The zero pixels in numbers.</summary>
    internal Padding Border => Padding ?? new Size(Dilation.Height * (Kernel.Height - 1) / 2, Dilation.Width * (Kernel.Width - 1) / 2);

    /// <summary>Whether the input itself can be a branch.</summary>
    internal bool KeepsShape(Value x) => Stride == 1 && x.Channels == Channels && Inset(1).IsNone;

    /// <summary>Whether a 1x1 in the middle of the kernel would begin inside the input.</summary>
    internal bool CropsSmallerKernels => Inset(1) is { Top: < 0 } or { Left: < 0 };

    /// <summary>A branch with a smaller kernel, which sees the middle of what this one sees.</summary>
    internal MultiBranchOptions Smaller(Size kernel)
    {
        Padding inset = Inset(kernel);

        // A crop below or right is none where the stride steps over it; otherwise the sum refuses the branch by its size.
        return this with { Kernel = kernel, Padding = inset with { Bottom = Math.Max(0, inset.Bottom), Right = Math.Max(0, inset.Right) } };
    }

    /// <summary>The padding of a smaller kernel in the middle; negative for a crop.</summary>
    private Padding Inset(Size kernel)
    {
        (int above, int below) = Around(Kernel.Height - kernel.Height, Dilation.Height);
        (int left, int right) = Around(Kernel.Width - kernel.Width, Dilation.Width);
        return new Padding(Border.Top - above, Border.Left - left, Border.Bottom - below, Border.Right - right);
    }

    private static (int Before, int After) Around(int taps, int dilation) => (taps / 2 * dilation, (taps - (taps / 2)) * dilation);
}
