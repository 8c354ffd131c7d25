using Espalier.Graphs;

namespace Espalier.Surgery;

/// <summary>Which values of a network are never negative, whatever the input, as their ops show.</summary>
internal static class NonNegativeValues
{
    internal static HashSet<string> Of(Graph graph)
    {
        var found = new HashSet<string>(StringComparer.Ordinal);
        foreach (Node node in graph.Nodes.Where(node => MakesThem(node.Op) || (KeepsThem(node.Op) && node.Inputs.All(found.Contains))))
        {
            found.Add(node.Name);
        }

        return found;
    }

    private static bool MakesThem(Op op) => op is Relu or Relu6 or Sigmoid or Softmax;

    private static bool KeepsThem(Op op) =>
        op is MaxPool or AveragePool or AdaptiveAveragePool or Add or Concat or Multiply or StochasticDepth or ChannelSlice or ChannelShuffle or PadChannels or Flatten or Dropout;
}
