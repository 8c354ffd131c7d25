using Espalier.Graphs;

namespace Espalier.Surgery;

/// <summary>See <see cref="PruningCriteria.Measured"/>.</summary>
internal sealed class MeasuredBlocks(string name, Func<Model, double> measure) : IBlockCriterion
{
    public string Name => name;

    public IReadOnlyList<BlockScore> Rank(Model model, PruningContext context) => Rank(model, measure);

    internal static IReadOnlyList<BlockScore> Rank(Model model, Func<Model, double> measure) =>
        BlockScore.Rank(model, block => measure(model.Apply(new ResidualBlockRemoval([block.Scope]) { AllowEmptyStages = true })));
}
