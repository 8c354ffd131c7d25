using Espalier.Formats;
using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier;

/// <summary>Infers the number of input channels from a state_dict.</summary>
internal static class InputChannelCount
{
    /// <summary>Returns the number of channels, if the weights of all convolutions of the input exist, have the same number, and differ from the network's in it alone; otherwise <see langword="null"/>. The other value is the name of the first of these convolutions.</summary>
    internal static (int Channels, string Layer)? Infer(Graph graph, StateDict weights)
    {
        string input = graph.Input.Name;
        Node[] first = [.. graph.Nodes.Where(node => node.Inputs.Contains(input))];
        int[] channels = [.. first.Select(node => ChannelsOf(node, weights)).Distinct()];
        return channels is [> 0 and int count] && count != graph.ShapeOf(input)[0] ? (count, first[0].Name) : null;
    }

    /// <summary>The input channels of a convolution without groups in the weights; 0 where there are none or other extents differ too.</summary>
    private static int ChannelsOf(Node node, StateDict weights)
    {
        if (node.Op is not Conv2d { Groups: 1 } || !weights.TryGet(node.Parameter("weight"), out Tensor? tensor) || tensor.Shape.Rank != 4)
        {
            return 0;
        }

        Shape expected = node.Op.Parameters[0].Shape, found = tensor.Shape;
        return found[0] == expected[0] && found[2] == expected[2] && found[3] == expected[3] ? found[1] : 0;
    }
}
