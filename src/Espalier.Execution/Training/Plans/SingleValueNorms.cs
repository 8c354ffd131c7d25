using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Execution;

/// <summary>The norms of a plan whose input has only one value per channel and sample: they need at least two samples in every step in which they are computed.</summary>
/// <remarks>
/// In row mode stochastic depth computes a branch for the surviving samples, so a norm may have a single value even in a large batch. That is an error as well, because statistics
/// of one value are meaningless. PyTorch's row mode computes all rows and then drops some, so there the case occurs only with batches of one sample.
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

    /// <summary>Whether the plan has such norms.</summary>
    internal bool Any => _norms.Length > 0;

    /// <summary>Throws if one of them has a single value per channel in the current step.</summary>
    /// <param name="batch">The number of samples of the step.</param>
    /// <param name="where">See <see cref="BatchStatistics.Require"/>.</param>
    internal void Require(int batch, string where)
    {
        foreach ((Node norm, Shape sample, SampleNeed need) in _norms)
        {
            BatchStatistics.Require(norm, sample, need.Count, batch, where);
        }
    }
}
