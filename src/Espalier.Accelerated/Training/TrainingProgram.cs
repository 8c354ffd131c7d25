using System.Collections.Immutable;
using Espalier.Execution;
using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Accelerated;

/// <summary>The nodes of a network in training, in order, with the places of all values and gradients in one block of memory.</summary>
internal sealed class TrainingProgram : IDisposable
{
    private readonly Dictionary<string, TrainedNode> _byName = new(StringComparer.Ordinal);

    internal TrainingProgram(Device device, Graph graph, TrainingRunOptions options, TrainingState state)
    {
        Outputs = options.OutputsOf(graph);
        Needs = new SampleNeeds(graph, Outputs);
        foreach (Node node in graph.Nodes)
        {
            if (Needs.Of(node.Name) is SampleNeed need)
            {
                bool hasTrainable = node.Parameters.Any(name => state.Parameters.Any(parameter => parameter.Name == name && parameter.Trainable));
                _byName[node.Name] = new TrainedNode(node, graph, need, [.. node.Inputs.Select(name => _byName[name])], hasTrainable, options.GradientsOf.Contains(node.Name));
            }
        }

        Nodes = [.. _byName.Values];
        foreach (TrainedNode node in Nodes.Where(node => node.Node.Op is not Input))
        {
            node.Op = OpTable.CreateForTraining(device, graph, node.Node, options.IsFrozen(node.Node));
        }

        Length = MemoryPlan.Place(Lifetimes());
    }

    /// <summary>The trained outputs.</summary>
    internal ValueList<string> Outputs { get; }

    /// <summary>The samples that nodes are computed for.</summary>
    internal SampleNeeds Needs { get; }

    /// <summary>The nodes that trained outputs depend on, in order.</summary>
    internal ImmutableArray<TrainedNode> Nodes { get; }

    /// <summary>Numbers of one sample in the block.</summary>
    internal long Length { get; }

    /// <summary>The node of a name.</summary>
    internal TrainedNode this[string name] => _byName[name];

    /// <summary>The node of a name, or <see langword="null"/> if no trained output depends on it.</summary>
    internal TrainedNode? Find(string name) => _byName.GetValueOrDefault(name);

    // Node i runs forward at time i and backward at time end - i.
    private IEnumerable<Lifetime> Lifetimes()
    {
        int end = (2 * Nodes.Length) - 1;
        Dictionary<TrainedNode, int> times = Nodes.Index().ToDictionary(each => each.Item, each => each.Index);
        ILookup<TrainedNode, (TrainedNode Reader, TrainedInput Input)> readers =
            Nodes.SelectMany(node => node.Inputs.Select(input => (Node: node, Input: input))).ToLookup(edge => edge.Input.From, edge => (edge.Node, edge.Input));
        foreach ((TrainedNode node, int time) in times)
        {
            int backward = end - time, last = Outputs.Contains(node.Node.Name) ? Nodes.Length - 1 : time;
            last = node.Gradient is not null && node.Op?.ReadsOutputBackward == true ? backward : last;
            foreach ((TrainedNode reader, TrainedInput input) in readers[node])
            {
                bool isReadBackward = reader.Gradient is not null && reader.Op!.ReadsInputsBackward;
                int use = isReadBackward ? end - times[reader] : times[reader];
                if (input.Rows is not null)
                {
                    yield return new Lifetime(input.Rows, times[reader], use);
                    use = times[reader];
                }

                last = Math.Max(last, use);
                if (input.RowGradients is not null)
                {
                    yield return new Lifetime(input.RowGradients, end - times[reader], end - times[reader]);
                }
            }

            yield return new Lifetime(node.Value, time, last);
            if (node.Gradient is not null)
            {
                int first = Outputs.Contains(node.Node.Name) || !readers[node].Any() ? Nodes.Length : readers[node].Min(edge => end - times[edge.Reader]);
                yield return new Lifetime(node.Gradient, first, node.IsNamed ? end + 1 : backward);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (TrainedNode node in Nodes)
        {
            node.Op?.Dispose();
        }
    }
}
