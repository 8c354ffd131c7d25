namespace Espalier.Models;

/// <summary>The initial weights γ of the norms before a block's sum, like the γ options in the authors' code of ACNet and DBB.</summary>
/// <param name="Main">The weight for the first branch, which has the attributes of the replaced convolution.</param>
/// <param name="Others">The weight for the other branches.</param>
public readonly record struct BranchWeights(double Main, double Others)
{
    /// <summary>1 for all branches, the default in the papers' experiments.</summary>
    public static BranchWeights All { get; } = new(1, 1);

    /// <summary>1 for the main branch, 0 for the others, so that the block initially computes the plain convolution (<c>single_init</c> in both repositories).</summary>
    public static BranchWeights Single { get; } = new(1, 0);

    /// <summary>1/3 for all branches, like ACNet's <c>reduce_gamma</c>, so that three branches add up to the scale of one.</summary>
    public static BranchWeights Reduced { get; } = new(1.0 / 3, 1.0 / 3);
}
