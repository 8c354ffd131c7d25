using Espalier.Graphs;

namespace Espalier.Surgery;

/// <summary>See <see cref="PruningCriteria.BlockNormScale"/>; applied to channels it is the criterion of Liu 2017, "Network slimming".</summary>
internal sealed class BlockNormScale : IBlockCriterion
{
    public string Name => "norm scale";

    public IReadOnlyList<BlockScore> Rank(Model model, PruningContext context) => BlockScore.Rank(model, block =>
    {
        string last = block.BranchNodes.LastOrDefault(name => model.Graph[name].Op is BatchNorm { Affine: true })
            ?? throw new GraphException(block.Scope, "its branch has no batch norm to rank it by; rank by output change");
        return MeanMagnitude(model.Value(model.Graph[last], "weight").Read<float>());
    });

    private static double MeanMagnitude(ReadOnlySpan<float> values)
    {
        double sum = 0;
        foreach (float value in values)
        {
            sum += Math.Abs((double)value);
        }

        return sum / values.Length;
    }
}
