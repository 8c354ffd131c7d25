using System.Globalization;
using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Surgery;

/// <summary>Removes whole residual blocks (<see cref="ResidualBlockRemoval"/>): the named blocks, or a number of the least important ones.</summary>
/// <remarks>
/// Without a <see cref="PruningRequest.Target"/> all blocks that match <see cref="PruningRequest.Scopes"/> are removed, such as <c>layer3.4</c> or <c>layer*.2</c>. With <see cref="PruningTarget.Count"/> that number of blocks is removed, of all blocks or of those that match the scopes.
/// </remarks>
public sealed record BlockPruning : PruningRequest
{
    /// <summary>The criterion that ranks the blocks; <see langword="null"/> for <see cref="PruningCriteria.OutputChange"/> if the context has samples and <see cref="PruningCriteria.BlockNormScale"/> if it has none.</summary>
    public IBlockCriterion? Criterion { get; init; }

    /// <summary>Whether all blocks of a stage can be removed. If false, naming all blocks of a stage is an error, and a ranking skips the last block of a stage.</summary>
    public bool AllowEmptyStages { get; init; }

    /// <inheritdoc/>
    public override PruningNeeds Needs => Criterion?.Needs ?? PruningNeeds.None;

    private protected override string Granularity => "blocks";

    internal override PruningResult Run(Model model, PruningContext context, PruningStep? step) => Target switch
    {
        null when Scopes.Count == 0 => throw new EspalierException("Pruning blocks needs a number of blocks as the target, or scopes that name the blocks."),
        null => Named(model, step),
        AmountTarget { Amount: { IsCount: true, Value: var count } } => count < 1 ? throw new EspalierException(string.Create(CultureInfo.InvariantCulture, $"Expected at least 1 block to remove, found {count}.")) : Ranked(model, context, Going((int)count, step)),
        _ => throw Unsuited("a count"),
    };

    private PruningResult Named(Model model, PruningStep? step)
    {
        if (Criterion is not null || Exclude.Count > 0)
        {
            throw new EspalierException("All named blocks are removed, so a criterion or exclusions need a target with the number of blocks.");
        }

        int going = Going(Scopes.Count, step);
        int done = step is { } one ? Enumerable.Range(1, one.Number - 1).Sum(number => (one with { Number = number }).CountOf(Scopes.Count)) : 0;
        return Finish(model, new ResidualBlockRemoval([.. Scopes.Skip(done).Take(going)]) { AllowEmptyStages = AllowEmptyStages }, []);
    }

    private PruningResult Ranked(Model model, PruningContext context, int count)
    {
        IBlockCriterion criterion = Criterion ?? (context.Samples is null ? PruningCriteria.BlockNormScale : PruningCriteria.OutputChange);
        ResidualUnits units = ResidualUnits.Find(model.Graph);
        var open = units.Matching(Scopes).Select(unit => unit.Scope).ToHashSet(StringComparer.Ordinal);
        open.ExceptWith(Exclude.Count == 0 ? [] : units.Matching(Exclude).Select(unit => unit.Scope));
        BlockScore[] ranking = [.. criterion.Rank(model, context).Where(score => open.Contains(score.Unit.Scope))];
        return Finish(model, ResidualBlockRemoval.OfLeast(model.Graph, ranking, count, AllowEmptyStages, criterion.Name), ranking);
    }

    private static int Going(int count, PruningStep? step) => step?.CountOf(count) switch
    {
        null => count,
        0 => throw new PruningException("steps", $"there are only {count} blocks to remove, so step {step.Value.Number} would remove none; {count} steps or fewer would work"),
        int some => some,
    };

    private static PruningResult Finish(Model model, ResidualBlockRemoval removal, BlockScore[] ranking)
    {
        Model shorter = model.ApplyAndRecord(removal);
        var left = new HashSet<string>(ResidualUnits.Find(shorter.Graph).Units.Select(unit => unit.Scope), StringComparer.Ordinal);
        return new PruningResult(model, shorter)
        {
            RemovedBlocks = [.. ResidualUnits.Find(model.Graph).Units.Select(unit => unit.Scope).Where(scope => !left.Contains(scope))],
            Ranking = [.. ranking],
        };
    }
}
