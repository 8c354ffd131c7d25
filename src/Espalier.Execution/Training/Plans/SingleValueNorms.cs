using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Execution;

/// <summary>The norms of a plan that a single sample has only one value per channel for: they need at least two samples in every step that computes them.</summary>
/// <remarks>
/// In row mode stochastic depth computes a branch for the samples that survive, so draws alone may leave a norm one value, whatever the batch is. That is an error as well: statistics
/// of one value are no statistics. PyTorch's own row mode computes all rows and then drops some, so it meets the case with batches of one only.
/// </remarks>
internal sealed class SingleValueNorms
{
    private readonly (Node Norm, Shape Sample, SampleNeed Need)[] _norms;

    internal SingleValueNorms(Graph graph, SampleNeeds needs, Func<Node, bool> isFrozen) => _norms =
    [
        .. from norm in graph.Nodes
           where norm.Op is GroupNorm || (norm.Op is BatchNorm && !isFrozen(norm))
           let sample = graph.ShapeOf(norm.Inputs[0])
           let need = needs.Of(norm.Name)
           where need is not null && BatchStatistics.IsSingleValue(norm.Op, sample, 1)
           select (norm, sample, need),
    ];

    /// <summary>Whether there are any.</summary>
    internal bool Any => _norms.Length > 0;

    /// <summary>Throws if the samples that the current step needs leave one of them a single value.</summary>
    /// <param name="batch">Samples of the step.</param>
    /// <param name="where">See <see cref="BatchStatistics.Require"/>.</param>
    internal void Require(int batch, string where)
    {
        foreach ((Node norm, Shape sample, SampleNeed need) in _norms)
        {
            BatchStatistics.Require(norm, sample, need.Count, batch, where);
        }
    }
}
