using Espalier.Tensors;

namespace Espalier.Graphs;

/// <summary>How a runtime prepares a model for training. What only one runtime knows are options of that runtime.</summary>
public record TrainingRunOptions
{
    /// <summary>The largest batch of one forward pass.</summary>
    public int Batch { get; init; } = 128;

    /// <summary>Whether activations within a block are computed again in the backward pass instead of kept (Chen 2016, "Training deep nets with sublinear memory cost"): the same bits, less memory, a second forward pass.</summary>
    public bool Recompute { get; init; }

    /// <summary>What dropout and stochastic depth draw from, together with the step and the node's name.</summary>
    public ulong Seed { get; init; }

    /// <summary>Scopes whose parameters stay as they are and whose batch norms use and keep their running statistics: <c>layer1</c>, <c>conv1</c>. Parameters of a scope are those of its nodes, whatever their names, and those whose names lie in it.</summary>
    public ValueList<string> Frozen { get; init; } = [];

    /// <summary>Outputs of the graph after its first that are computed and trained too, such as auxiliary classifiers, by name. What only other outputs depend on is neither computed nor changed.</summary>
    public ValueList<string> FurtherOutputs { get; init; } = [];

    /// <summary>
    /// Whether the scales of <see cref="Quantize"/> nodes and of quantized weights are trained (Esser 2020, "Learned step size quantization", §2.1 and §2.2); otherwise they stay as they are. Zero points always stay.
    /// The gradient of a scale is that of the loss times 1/√(N·Q): N is the number of elements of one sample that it rounds, or of weights of its channel, and Q the greatest magnitude of an integer.
    /// </summary>
    public bool LearnScales { get; init; } = true;

    /// <summary>
    /// Nodes, the input included, whose outputs' gradients each backward pass computes and keeps for <see cref="ITrainingRun.GradientOf"/>, also where no parameter before them is trained. It takes memory for these
    /// gradients until the end of the pass, and the named nodes are computed by themselves, where they would else share a kernel with the next one.
    /// </summary>
    public ValueList<string> GradientsOf { get; init; } = [];

    /// <summary>
    /// What brings together the statistics of batch norms over the parts of a batch that several runs compute at the same time (synchronized batch norm); <see langword="null"/> for norms over the images of one forward pass.
    /// All runs must make the same passes.
    /// </summary>
    public IStatisticsExchange? Statistics { get; init; }

    /// <summary>Called during each backward pass, on the caller's thread, for each trainable parameter as soon as the pass will not change its gradient any more, also for those that it did not reach.</summary>
    public Action<TrainingParameter>? GradientReady { get; init; }

    /// <summary>Threads that share each step; they stay the caller's. <see langword="null"/> for threads of its own, one per processor.</summary>
    public WorkerPool? Workers { get; init; }

    /// <summary>The outputs that are computed and trained: the graph's first, then <see cref="FurtherOutputs"/> in their order.</summary>
    /// <exception cref="GraphException">One of <see cref="FurtherOutputs"/> is no output of the graph after its first, or is named twice.</exception>
    public ValueList<string> OutputsOf(Graph graph)
    {
        ArgumentNullException.ThrowIfNull(graph);
        foreach ((int i, string name) in FurtherOutputs.Index())
        {
            if (!graph.Outputs.Skip(1).Contains(name) || FurtherOutputs.Take(i).Contains(name))
            {
                GraphException.Throw(name, $"is to be trained as a further output; expected each of the graph's outputs after the first at most once: {(graph.Outputs.Count == 1 ? "it has none" : string.Join(", ", graph.Outputs.Skip(1)))}");
            }
        }

        return [graph.Outputs[0], .. FurtherOutputs];
    }

    /// <summary>Checks that the nodes of <see cref="GradientsOf"/> exist and have a gradient.</summary>
    /// <exception cref="GraphException">There is no such node, or no trained output depends on it.</exception>
    internal void RequireGradientsOf(Graph graph)
    {
        HashSet<string> reached = new(OutputsOf(graph), StringComparer.Ordinal);
        foreach (Node node in graph.Nodes.Reverse().Where(node => reached.Contains(node.Name)))
        {
            reached.UnionWith(node.Inputs);
        }

        foreach (string name in GradientsOf)
        {
            if (!graph.TryFind(name, out _))
            {
                GraphException.Throw(name, $"is named for its gradient, but there is no such node in the graph{SimilarNames.Suggest(name, graph.Nodes.Select(node => node.Name))}");
            }

            if (!reached.Contains(name))
            {
                GraphException.Throw(name, $"is named for its gradient, but no trained output depends on it; these are {string.Join(", ", OutputsOf(graph))}");
            }
        }
    }

    /// <summary>Whether a node lies in a frozen scope. A batch norm without running statistics is never frozen: its parameters stay, but it has only the batch's statistics.</summary>
    public bool IsFrozen(Node node)
    {
        ArgumentNullException.ThrowIfNull(node);
        return node.Op is not BatchNorm { RunningStatistics: false } && Frozen.Any(scope => ScopeName.Contains(scope, node.Name));
    }
}
