namespace Espalier.Models;

/// <summary>Initial weights of the norms before a block's sum: the γ options of ACNet's and DBB's authors.</summary>
/// <param name="Main">Weight of the first branch, which has the convolution's own form.</param>
/// <param name="Others">Weight of the other branches.</param>
public readonly record struct BranchWeights(double Main, double Others)
{
    /// <summary>1 for all branches: the default, used in the papers' experiments.</summary>
    public static BranchWeights All { get; } = new(1, 1);

    /// <summary>1 for the main branch, 0 for the others, so that the block initially computes the plain convolution (<c>single_init</c> in both repositories).</summary>
    public static BranchWeights Single { get; } = new(1, 0);

    /// <summary>1/3 for all branches, as ACNet's <c>reduce_gamma</c>, so that three branches add up to the scale of one.</summary>
    public static BranchWeights Reduced { get; } = new(1.0 / 3, 1.0 / 3);
}
