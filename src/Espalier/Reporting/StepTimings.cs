using Espalier.Graphs;
using Espalier.Inference;
using Espalier.Tensors;

namespace Espalier;

/// <summary>The time of a model and of the steps of its plan, for one sample on one thread, with the model folded and fused as for inference.</summary>
/// <param name="Milliseconds">The median time of the whole model, in milliseconds.</param>
/// <param name="Nodes">What is known of nodes, by name. A step's time is that of the node with the most MACs among those that it computes; the others are fused into that one.</param>
/// <param name="OtherMilliseconds">The time of steps that no node stands for, such as of layers that folding has added.</param>
internal sealed record StepTimings(double Milliseconds, IReadOnlyDictionary<string, NodeTiming> Nodes, double OtherMilliseconds)
{
    private const int Runs = 10; // of which the median is taken

    /// <summary>Measures several models, their whole times in turns.</summary>
    internal static StepTimings[] Measure(IReadOnlyList<Model> models, CancellationToken cancellation)
    {
        Latencies[] whole = ModelTiming.Measure(models, Runtimes.Cpu, cancellation);
        return [.. models.Select((model, i) => Of(model.Graph, whole[i].Percentile(0.5), Steps(model, cancellation)))];
    }

    /// <summary>Assigns the times of steps to the nodes of the graph.</summary>
    internal static StepTimings Of(Graph graph, double milliseconds, IReadOnlyList<LayerTiming> steps)
    {
        HashSet<string> names = [.. steps.Select(step => step.Name)];
        var nodes = new Dictionary<string, NodeTiming>(StringComparer.Ordinal);
        double others = 0;
        foreach (LayerTiming step in steps)
        {
            if (!graph.TryFind(step.Name, out Node? last))
            {
                others += step.Milliseconds;
                continue;
            }

            Node[] computed = [.. Computed(graph, last, names).Where(node => !nodes.ContainsKey(node.Name))];
            Node main = computed.MaxBy(node => MultiplyAccumulates.Of(graph, node)) is Node heaviest && MultiplyAccumulates.Of(graph, heaviest) > 0 ? heaviest : last;
            foreach (Node node in computed)
            {
                nodes.Add(node.Name, new NodeTiming(null, null, main.Name));
            }

            nodes[main.Name] = new NodeTiming(step.Milliseconds, step.Kernel, null);
        }

        return new StepTimings(milliseconds, nodes, others);
    }

    private static IReadOnlyList<LayerTiming> Steps(Model model, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        using var predictor = (Predictor)Runtimes.Cpu.Prepare(model, new RunOptions { Threads = 1 });
        Tensor input = RandomInput.Create(model.Graph.ShapeOf(model.Graph.Input.Name).Prepend(1), seed: 0);
        predictor.Run(input); // makes the plan's memory resident
        return predictor.Profile(input, Runs);
    }

    /// <summary>The nodes that a step computes: its last one, and what that reads up to the outputs of other steps.</summary>
    private static List<Node> Computed(Graph graph, Node last, HashSet<string> steps)
    {
        var computed = new List<Node> { last };
        for (int i = 0; i < computed.Count; i++)
        {
            computed.AddRange(computed[i].Inputs.Where(name => !steps.Contains(name)).Select(name => graph[name]).Where(node => !computed.Contains(node)).Distinct());
        }

        return computed;
    }
}

/// <summary>The time of a node.</summary>
/// <param name="Milliseconds">The median time of its step, or <see langword="null"/> if it is fused into another node.</param>
/// <param name="Kernel">The kernel of its step.</param>
/// <param name="FusedInto">The node that it is fused into.</param>
internal readonly record struct NodeTiming(double? Milliseconds, string? Kernel, string? FusedInto);
