using Espalier.Graphs;
using Espalier.Models;

namespace Espalier.Bench.Folding;

/// <summary>A network of many branches and the plain one that it must become.</summary>
/// <param name="Name">What it is called.</param>
/// <param name="Branched">As it is trained.</param>
/// <param name="Plain">Built plain from the start.</param>
internal sealed record FoldingPair(string Name, NetworkDefinition Branched, NetworkDefinition Plain)
{
    /// <summary>Those of the report.</summary>
    internal static IEnumerable<FoldingPair> All()
    {
        foreach (string network in new[] { "resnet18", "cifar_resnet20" })
        {
            foreach (MultiBranchKind kind in new[] { MultiBranchKind.DiverseBranch, MultiBranchKind.Asymmetric })
            {
                yield return new($"{network}, {kind.Name()}", Zoo.Create(network, new ZooOptions { Blocks = [new BlockChoice(kind)] }), Zoo.Create(network));
            }
        }

        foreach (string network in new[] { "repvgg_a0", "mobileone_s0" })
        {
            yield return new(network, Zoo.Create(network), Zoo.Create(network + "_deploy"));
        }
    }
}
