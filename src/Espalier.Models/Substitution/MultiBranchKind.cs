namespace Espalier.Models;

/// <summary>The kind of a block of <see cref="MultiBranchBlocks"/>.</summary>
public enum MultiBranchKind
{
    /// <summary>ACNet's asymmetric convolution block: kxk + kx1 + 1xk.</summary>
    Asymmetric,

    /// <summary>The diverse branch block (DBB): kxk + 1x1 + 1x1–kxk + 1x1–average.</summary>
    DiverseBranch,

    /// <summary>RepVGG's block: kxk + 1x1 + identity.</summary>
    RepVgg,

    /// <summary>MobileOne's block: several kxk + 1x1 + identity.</summary>
    MobileOne,
}
