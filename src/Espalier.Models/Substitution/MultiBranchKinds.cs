using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Models;

/// <summary>The multi-branch blocks and their names in options.</summary>
internal static class MultiBranchKinds
{
    /// <summary>All names as one text, for help and error messages.</summary>
    public const string Names = "acb, dbb, repvgg or mobileone";

    /// <summary>The kind with the given name: acb, dbb, repvgg or mobileone.</summary>
    /// <exception cref="EspalierException">There is no block of that name.</exception>
    public static MultiBranchKind Find(string name) => name switch
    {
        "acb" => MultiBranchKind.Asymmetric,
        "dbb" => MultiBranchKind.DiverseBranch,
        "repvgg" => MultiBranchKind.RepVgg,
        "mobileone" => MultiBranchKind.MobileOne,
        _ => throw new EspalierException($"expected a block named {Names}, found '{name}'"),
    };

    /// <summary>The name of a kind, the inverse of <see cref="Find"/>.</summary>
    public static string Name(this MultiBranchKind kind) => kind switch
    {
        MultiBranchKind.Asymmetric => "acb",
        MultiBranchKind.DiverseBranch => "dbb",
        MultiBranchKind.RepVgg => "repvgg",
        MultiBranchKind.MobileOne => "mobileone",
    };

    /// <summary>The function that builds a block of the given kind.</summary>
    public static Func<Value, string, MultiBranchOptions, Value> Builder(this MultiBranchKind kind) => kind switch
    {
        MultiBranchKind.Asymmetric => MultiBranchBlocks.AsymmetricBlock,
        MultiBranchKind.DiverseBranch => MultiBranchBlocks.DiverseBranchBlock,
        MultiBranchKind.RepVgg => MultiBranchBlocks.RepVggBlock,
        MultiBranchKind.MobileOne => (x, scope, options) => x.MobileOneBlock(scope, options),
    };
}
