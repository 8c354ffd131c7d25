using System.Collections.Immutable;
using Espalier.Graphs;

namespace Espalier.Models;

/// <summary>Builds blocks of <see cref="MultiBranchBlocks"/> in the place of a network's convolutions, each with the batch norm behind it: a network to train and then to fold.</summary>
public static class BlockSubstitution
{
    /// <summary>The network with blocks.</summary>
    /// <param name="blueprint">The network.</param>
    /// <param name="choices">Which blocks where; of several that mean one convolution the first counts.</param>
    /// <exception cref="GraphException">A choice's pattern matches no convolution.</exception>
    public static SubstitutedBlocks Apply(Blueprint blueprint, params ReadOnlySpan<BlockChoice> choices)
    {
        ArgumentNullException.ThrowIfNull(blueprint);
        BlockChoice[] all = choices.ToArray();
        Graph graph = blueprint.Graph;
        foreach (BlockChoice choice in all.Where(choice => !graph.Nodes.Any(choice.Means)))
        {
            GraphException.Throw(blueprint.Metadata.Architecture, $"the block choice {choice} matches no convolution");
        }

        var draft = new BlockDraft(blueprint);
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

        return new SubstitutedBlocks(draft.Build(all), draft.Replaced, plain.ToImmutable(), draft.Reduced);
    }
}
