using Espalier.Graphs;
using Espalier.Models;
using Espalier.Tensors;

namespace Espalier.Cli.Folding;

/// <summary>The blocks to train with, by the names that options give them.</summary>
internal static class BranchBlocks
{
    /// <summary>The names, for help and errors.</summary>
    internal const string Names = "acb, dbb, repvgg or mobileone";

    /// <summary>The block of a name.</summary>
    /// <exception cref="EspalierException">There is none.</exception>
    internal static Func<Value, string, MultiBranchOptions, Value> Find(string name) => name switch
    {
        "acb" => MultiBranchBlocks.AsymmetricBlock,
        "dbb" => MultiBranchBlocks.DiverseBranchBlock,
        "repvgg" => MultiBranchBlocks.RepVggBlock,
        "mobileone" => (x, scope, options) => x.MobileOneBlock(scope, options),
        _ => throw new EspalierException($"--block is {Names}, found '{name}'"),
    };
}
