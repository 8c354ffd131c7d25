using Espalier.Graphs;
using Espalier.Models;
using Espalier.Tensors;

namespace Espalier;

/// <summary>Compares networks with architectures of the zoo, ignoring the numbers of channels.</summary>
internal static class SameArchitecture
{
    /// <summary>Checks that a network has the nodes and connections of an architecture of the zoo; channels and image size may differ.</summary>
    /// <param name="graph">The network.</param>
    /// <param name="name">The name of the architecture.</param>
    /// <param name="source">The shape list that describes the network.</param>
    /// <param name="otherwise">How to load the network without this check, for the message.</param>
    /// <exception cref="EspalierException">A node differs; the message names the first one.</exception>
    internal static void Require(Graph graph, string name, string source, string otherwise)
    {
        Graph expected = Zoo.Create(name).Graph;
        foreach (Node node in expected.Nodes)
        {
            if (!graph.TryFind(node.Name, out Node? found) || found.Op.Kind != node.Op.Kind || found.Inputs != node.Inputs)
            {
                string what = found is null ? "it has no" : "it has another";
                throw new EspalierException($"{source} is no {name}: {what} '{node.Name}'; {otherwise} the network is taken as it is listed");
            }
        }

        Node? other = graph.Nodes.FirstOrDefault(node => !expected.TryFind(node.Name, out _));
        if (other is not null)
        {
            throw new EspalierException($"{source} is no {name}: that has no '{other.Name}'; {otherwise} the network is taken as it is listed");
        }
    }

    /// <summary>Whether a model's state_dict fits the zoo's architecture of its name, and therefore PyTorch's model.</summary>
    internal static bool IsPlain(Model model)
    {
        Shape output = model.Graph.ShapeOf(model.Graph.Outputs[0]);
        return Zoo.TryFind(model.Metadata.Architecture, out _)
            && output.Rank == 1
            && Zoo.Create(model.Metadata.Architecture, new ZooOptions { Classes = output[0] }).Graph.Parameters.SequenceEqual(model.Graph.Parameters);
    }
}
