using Espalier.Surgery;

namespace Espalier.Cli;

/// <summary>The options of <c>--blocks</c>.</summary>
internal sealed class PruneBlocksOptions
{
    private readonly Option<string?> _blocks = new("--blocks") { Description = "Removes whole residual blocks: so many of the least important, or those of names and patterns (layer2.1,layer3.4).", HelpName = "N|NAMES" };
    private readonly Option<string?> _ranking = new("--block-ranking") { Description = "By what blocks are ranked: output (how much the output on --data changes without them; the default with --data), bn (factors of the last norm; the default without), survival (of stochastic depth).", HelpName = "NAME" };
    private readonly Option<bool> _emptyStages = new("--empty-stages") { Description = "Lets a stage lose its last block too." };

    /// <summary>Those that mean nothing without <c>--blocks</c>.</summary>
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
            : throw new EspalierException("--block-ranking is for a number of --blocks; named ones need no ranking");
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
