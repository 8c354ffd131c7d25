using Espalier.Graphs;

namespace Espalier.Surgery;

/// <summary>Two layers of which the first alone feeds the second, through ops that let a positive factor of a channel pass.</summary>
/// <param name="First">The layer that is divided by the factors.</param>
/// <param name="Second">The layer whose weights for an input channel are multiplied by its factor.</param>
/// <param name="Between">The nodes between, in order.</param>
internal sealed record EqualizationPair(Node First, Node Second, IReadOnlyList<Node> Between)
{
    /// <summary>The pairs of a network in its order, and the layers that would be the first of a pair but for a rule.</summary>
    /// <param name="graph">The network.</param>
    /// <param name="acts">Whether a limiting activation that is no ReLU limits any value, as far as is known.</param>
    internal static (IReadOnlyList<EqualizationPair> Pairs, IReadOnlyList<Refusal> Refusals) Find(Graph graph, Func<Node, bool> acts)
    {
        var (pairs, refusals) = (new List<EqualizationPair>(), new List<Refusal>());
        HashSet<string> tied = [.. graph.Nodes.SelectMany(node => node.Parameters).CountBy(name => name).Where(count => count.Value > 1).Select(count => count.Key)];
        foreach (Node first in graph.Nodes.Where(node => IsLayer(node.Op)))
        {
            var between = new List<Node>();
            Node last = first, next;
            while (true)
            {
                if (!graph.HasSingleUse(last.Name))
                {
                    refusals.Add(new(first.Name, $"'{last.Name}' is read by several nodes or by none"));
                    break;
                }

                next = graph.UsersOf(last.Name)[0];
                if (IsLayer(next.Op))
                {
                    string? shared = first.Parameters.Concat(next.Parameters).FirstOrDefault(tied.Contains);
                    if (shared is null)
                    {
                        pairs.Add(new(first, next, between));
                    }
                    else
                    {
                        refusals.Add(new(first.Name, $"'{shared}' is a parameter of several nodes"));
                    }

                    break;
                }

                if (Blocking(next, acts) is string reason)
                {
                    refusals.Add(new(first.Name, reason));
                    break;
                }

                between.Add(next);
                last = next;
            }
        }

        return (pairs, refusals);
    }

    /// <summary>Calls for each weight of the second layer with the number of the channel of the first that it is multiplied with.</summary>
    internal void EachInput(int length, int channels, Action<int, int> visit)
    {
        (int outputs, int inputs, int kernel, int groups) = Second.Op is Conv2d conv
            ? (conv.OutChannels, conv.InChannels / conv.Groups, conv.Kernel.Height * conv.Kernel.Width, conv.Groups)
            : (((Linear)Second.Op).OutFeatures, channels, ((Linear)Second.Op).InFeatures / channels, 1);
        for (int i = 0; i < length; i++)
        {
            int group = i / kernel / inputs * groups / outputs;
            visit(i, (group * inputs) + (i / kernel % inputs));
        }
    }

    private static bool IsLayer(Op op) => op is Conv2d { StandardizationEpsilon: null, QuantizedWeights: false } or Linear { QuantizedWeights: false };

    private static string? Blocking(Node node, Func<Node, bool> acts) => node.Op switch
    {
        ActivationOp { Activation.IsHomogeneous: true } or MaxPool or AdaptiveMaxPool or AveragePool or AdaptiveAveragePool or Flatten => null,
        ActivationOp { Activation: { Limits: (0, _) } } => acts(node) ? $"'{node.Name}' ({node.Op.Kind}) limits values, on the samples or as far as is known, and the limit is the same for all channels" : null,
        ActivationOp => $"'{node.Name}' ({node.Op.Kind}) does not let a factor pass",
        _ => $"'{node.Name}' ({node.Op.Kind}) is between it and the next layer",
    };
}
