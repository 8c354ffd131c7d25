namespace Espalier.Models;

/// <summary>The weights that the norms in front of a block's sum begin with: the γ options of ACNet's and DBB's authors.</summary>
/// <param name="Main">Of the first branch, the convolution's own form.</param>
/// <param name="Others">Of the other branches.</param>
public readonly record struct BranchWeights(double Main, double Others)
{
    /// <summary>1 for all: the usual start, and that of the papers' experiments.</summary>
    public static BranchWeights All { get; } = new(1, 1);

    /// <summary>1 for the main branch, 0 for the others: the network begins as the plain one (<c>single_init</c> in both repositories).</summary>
    public static BranchWeights Single { get; } = new(1, 0);

    /// <summary>A third for all, as ACNet's <c>reduce_gamma</c> has it, so that three branches together are as large as one.</summary>
    public static BranchWeights Reduced { get; } = new(1.0 / 3, 1.0 / 3);
}
