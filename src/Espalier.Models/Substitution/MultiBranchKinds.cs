using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Models;

/// <summary>The blocks to train with by the names that options give them.</summary>
public static class MultiBranchKinds
{
    /// <summary>The names, for help and errors.</summary>
    public const string Names = "acb, dbb, repvgg or mobileone";

    /// <summary>The block of a name.</summary>
    /// <exception cref="EspalierException">There is none.</exception>
    public static MultiBranchKind Find(string name) => name switch
    {
        "acb" => MultiBranchKind.Asymmetric,
        "dbb" => MultiBranchKind.DiverseBranch,
        "repvgg" => MultiBranchKind.RepVgg,
        "mobileone" => MultiBranchKind.MobileOne,
        _ => throw new EspalierException($"expected a block called {Names}, found '{name}'"),
    };

    /// <summary>The name of a block: what <see cref="Find"/> finds it by.</summary>
    public static string Name(this MultiBranchKind kind) => kind switch
    {
        MultiBranchKind.Asymmetric => "acb",
        MultiBranchKind.DiverseBranch => "dbb",
        MultiBranchKind.RepVgg => "repvgg",
        MultiBranchKind.MobileOne => "mobileone",
    };

    /// <summary>The function that builds a block.</summary>
    public static Func<Value, string, MultiBranchOptions, Value> Builder(this MultiBranchKind kind) => kind switch
    {
        MultiBranchKind.Asymmetric => MultiBranchBlocks.AsymmetricBlock,
        MultiBranchKind.DiverseBranch => MultiBranchBlocks.DiverseBranchBlock,
        MultiBranchKind.RepVgg => MultiBranchBlocks.RepVggBlock,
        MultiBranchKind.MobileOne => (x, scope, options) => x.MobileOneBlock(scope, options),
    };
}
