using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Surgery;

/// <summary>Groups residual blocks into stages: consecutive blocks with outputs of the same shape, as in the tables of the papers.</summary>
internal static class BlockStages
{
    /// <summary>The blocks of each stage, in graph order.</summary>
    internal static IReadOnlyList<IReadOnlyList<ResidualUnit>> Of(Graph graph, IEnumerable<ResidualUnit> units)
    {
        var stages = new List<List<ResidualUnit>>();
        Shape? last = null;
        foreach (ResidualUnit unit in units)
        {
            Shape shape = graph.ShapeOf(unit.Join.Name);
            if (last is null || shape != last)
            {
                stages.Add([]);
            }

            stages[^1].Add(unit);
            last = shape;
        }

        return stages;
    }
}
