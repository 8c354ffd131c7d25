namespace Espalier.Models;

/// <summary>A block of <see cref="MultiBranchBlocks"/>.</summary>
public enum MultiBranchKind
{
    /// <summary>ACNet's: kxk + kx1 + 1xk.</summary>
    Asymmetric,

    /// <summary>DBB: kxk + 1x1 + 1x1–kxk + 1x1–average.</summary>
    DiverseBranch,

    /// <summary>RepVGG's: kxk + 1x1 + identity.</summary>
    RepVgg,

    /// <summary>MobileOne's: copies of kxk + 1x1 + identity.</summary>
    MobileOne,
}
