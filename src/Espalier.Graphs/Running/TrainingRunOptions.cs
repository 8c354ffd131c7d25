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

    /// <summary>Scopes whose parameters stay as they are and whose batch norms use and keep their running statistics: <c>layer1</c>, <c>conv1</c>.</summary>
    public ValueList<string> Frozen { get; init; } = [];

    /// <summary>Threads that share each step; they stay the caller's. <see langword="null"/> for threads of its own, one per processor.</summary>
    public WorkerPool? Workers { get; init; }

    /// <summary>Whether a node lies in a frozen scope. A batch norm without running statistics is never frozen: its parameters stay, but it has only the batch's statistics.</summary>
    public bool IsFrozen(Node node)
    {
        ArgumentNullException.ThrowIfNull(node);
        return node.Op is not BatchNorm { RunningStatistics: false } && Frozen.Any(scope => ScopeName.Contains(scope, node.Name));
    }
}
