using System.Collections.Immutable;
using Espalier.Graphs;

namespace Espalier.Models;

/// <summary>Replaces a network's convolutions, each with the batch norm after it, by blocks of <see cref="MultiBranchBlocks"/>, which are trained and later folded.</summary>
internal static class BlockSubstitution
{
    /// <summary>Creates the network with the blocks.</summary>
    /// <param name="definition">The network to change.</param>
    /// <param name="choices">The blocks and the convolutions that they replace. If several choices apply to a convolution, the first is used.</param>
    /// <exception cref="GraphException">A choice's pattern matches no convolution.</exception>
    public static BlockSubstitutionResult Apply(NetworkDefinition definition, params ReadOnlySpan<BlockChoice> choices)
    {
        ArgumentNullException.ThrowIfNull(definition);
        BlockChoice[] all = choices.ToArray();
        Graph graph = definition.Graph;
        foreach (BlockChoice choice in all.Where(choice => !graph.Nodes.Any(choice.Means)))
        {
            GraphException.Throw(definition.Metadata.Architecture, $"the block choice {choice} matches no convolution");
        }

        var draft = new BlockDraft(definition);
        var plain = ImmutableArray.CreateBuilder<(string, string)>();
        foreach (Node node in graph.Nodes)
        {
            int choice = Array.FindIndex(all, choice => choice.Means(node));
            if (choice < 0)
            {
                draft.Keep(node);
                continue;
            }

            try
            {
                draft.Replace(node, all[choice]);
            }
            catch (GraphException error)
            {
                draft.Keep(node);
                plain.Add((node.Name, error.Reason));
            }
        }

        return new BlockSubstitutionResult(draft.Build(all), draft.Replaced, plain.ToImmutable(), draft.Reduced);
    }
}
