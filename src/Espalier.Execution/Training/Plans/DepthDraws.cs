using Espalier.Graphs;

namespace Espalier.Execution;

/// <summary>The random choices of all stochastic depth nodes in a step.</summary>
internal sealed class DepthDraws
{
    private readonly Dictionary<string, bool[]> _survives;

    internal DepthDraws(Graph graph, TrainingDraws draws, int batch) => _survives = graph.Nodes
        .Where(node => node.Op is StochasticDepth)
        .ToDictionary(node => node.Name, node => Enumerable.Range(0, batch).Select(sample => draws.Survives(node, sample)).ToArray(), StringComparer.Ordinal);

    /// <summary>The factor of an input of a stochastic depth node for a sample.</summary>
    internal double Factor(SampleCondition condition, int sample) => condition.Factor(_survives[condition.Node.Name][sample]);
}
