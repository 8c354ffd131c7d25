using Espalier.Graphs;
using Espalier.Surgery;
using Espalier.Tensors;

namespace Espalier.Cli;

/// <summary>Removal of residual blocks.</summary>
/// <param name="count">How many, or how many names.</param>
/// <param name="names">Which; none for the least important.</param>
/// <param name="ranking">By what they are ranked, or <see langword="null"/> for what there is data for.</param>
/// <param name="mayEmptyStages">Whether a stage may lose its last block.</param>
internal sealed class BlockPruningRequest(int count, ValueList<string> names, string? ranking, bool mayEmptyStages) : IPruning
{
    /// <inheritdoc/>
    public PruneTarget? Latency => null;

    /// <inheritdoc/>
    public bool NeedsGradients => false;

    /// <inheritdoc/>
    public PruneOutcome Prune(Model model, PruneStep step, PruneTools tools)
    {
        int going = step.CountOf(count);
        if (going == 0)
        {
            throw new EspalierException($"--steps {step.Count}: there are only {count} blocks to remove, so step {step.Number} would remove none; {count} steps or fewer would work");
        }

        if (names.Count > 0)
        {
            int done = Enumerable.Range(1, step.Number - 1).Sum(number => (step with { Number = number }).CountOf(count));
            return new BlockPruningOutcome(BlockPruner.Prune(model, [.. names.Skip(done).Take(going)], mayEmptyStages));
        }

        string by = ranking ?? (tools.Sample is null ? "bn" : "output");
        (IReadOnlyList<BlockScore> scores, string method) = by switch
        {
            "bn" => (BlockRanking.ByNormScale(model), "norm scale"),
            "survival" => (BlockRanking.BySurvival(model), "survival"),
            _ => (BlockRanking.ByOutputChange(model, Sample(model, tools), tools.Run), "output change"),
        };
        return new BlockPruningOutcome(BlockPruner.PruneLeast(model, scores, method, going, mayEmptyStages));
    }

    private static Tensor Sample(Model model, PruneTools tools) => tools.Sample?.Invoke(model)
        ?? throw new EspalierException("--block-ranking output looks at images: say which with --data, or rank by bn or survival");
}
