using Espalier.Surgery;

namespace Espalier.Cli;

/// <summary>The options of <c>--blocks</c>.</summary>
internal sealed class PruneBlocksOptions
{
    private readonly Option<string?> _blocks = new("--blocks") { Description = "Removes whole residual blocks: the N least important ones, or those with names and patterns (layer2.1,layer3.4).", HelpName = "N|NAMES" };
    private readonly Option<string?> _ranking = new("--block-ranking") { Description = "The criterion that ranks blocks: output (change of the output on --data without the block; the default with --data), bn (weights of the last norm; the default without), survival (survival probability of stochastic depth).", HelpName = "NAME" };
    private readonly Option<bool> _emptyStages = new("--empty-stages") { Description = "Allows the removal of all blocks of a stage." };

    /// <summary>The options that require <c>--blocks</c>.</summary>
    internal IReadOnlyList<Option> Own => [_ranking, _emptyStages];

    internal void AddTo(Command command)
    {
        command.Add(_blocks);
        command.Add(_ranking);
        command.Add(_emptyStages);
    }

    internal bool AreAskedFor(ParseResult parsed) => parsed.GetValue(_blocks) is not null;

    internal AskedPruning Read(ParseResult parsed)
    {
        string text = parsed.GetValue(_blocks)!;
        string? ranking = parsed.GetValue(_ranking);
        bool mayEmpty = parsed.GetValue(_emptyStages);
        if (ranking is not (null or "output" or "bn" or "survival"))
        {
            throw new EspalierException($"there is no --block-ranking {ranking}; there are output, bn and survival");
        }

        if (int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int count))
        {
            return count > 0 ? Asked(new BlockPruning { Target = PruningTarget.Count(count), Criterion = Criterion(ranking), AllowEmptyStages = mayEmpty }, parsed) : throw new EspalierException($"--blocks {text}: expected at least 1 block, or names such as layer2.1,layer3.4");
        }

        ValueList<string> names = [.. text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)];
        return ranking is null
            ? Asked(new BlockPruning { Scopes = names, AllowEmptyStages = mayEmpty }, parsed)
            : throw new EspalierException("--block-ranking requires a number of --blocks; blocks given by name are not ranked");
    }

    private static IBlockCriterion? Criterion(string? ranking) => ranking switch
    {
        "output" => PruningCriteria.OutputChange,
        "bn" => PruningCriteria.BlockNormScale,
        "survival" => PruningCriteria.Survival,
        _ => null,
    };

    private static AskedPruning Asked(BlockPruning request, ParseResult parsed) => new(
        request,
        error => error is PruningException { Name: "steps" } steps ? new EspalierException($"--steps {parsed.GetValue<int>("--steps")}: {steps.Reason}", error) : error);
}
