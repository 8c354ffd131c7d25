using Espalier.Graphs;
using Espalier.Models;
using Espalier.Tensors;

namespace Espalier;

/// <summary>Compares networks with the zoo's, whatever their channels.</summary>
internal static class SameArchitecture
{
    /// <summary>Makes sure that a network has the nodes of one of the zoo, connected as there; channels and image size may differ.</summary>
    /// <param name="graph">The network.</param>
    /// <param name="name">The one of the zoo.</param>
    /// <param name="source">What lists the network.</param>
    /// <param name="otherwise">How it is loaded as it is listed.</param>
    /// <exception cref="EspalierException">It has others; the message names the first.</exception>
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

    /// <summary>Whether a model's state_dict is one that the zoo's network of its name takes, and PyTorch's too: nothing more need be known about it.</summary>
    internal static bool IsPlain(Model model)
    {
        Shape output = model.Graph.ShapeOf(model.Graph.Outputs[0]);
        return Zoo.TryFind(model.Metadata.Architecture, out _)
            && output.Rank == 1
            && Zoo.Create(model.Metadata.Architecture, new ZooOptions { Classes = output[0] }).Graph.Parameters.SequenceEqual(model.Graph.Parameters);
    }
}
