using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Surgery;

/// <summary>Residual blocks that follow one another with results of one shape: the stages that the papers' tables show.</summary>
internal static class BlockStages
{
    /// <summary>The blocks stage by stage.</summary>
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
