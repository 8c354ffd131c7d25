using Espalier.Models;
using Espalier.Surgery;

namespace Espalier.Cli;

/// <summary>The options that wrap parts of a network with stochastic depth.</summary>
internal sealed class StochasticDepthOptions
{
    private const string Words = "linear, constant, batch, row, paper, inverted, bypass and bypass:1x1|3x3|clone|tie";

    private readonly Option<string?> _depth = new("--stochastic-depth")
    {
        Description = "Skips residual blocks at random during training. The last one survives with probability P, earlier ones with larger probabilities (linear decay), or all with P (constant). "
            + $"Further words, after commas: {Words}.",
        HelpName = "P[,WORD…]",
    };

    private readonly Option<string[]> _scopes = new("--depth-scope")
    {
        Description = "The blocks that --stochastic-depth applies to: layer3 layer*.1; with bypass, the modules that are skipped as a whole. By default all residual blocks.",
        HelpName = "SCOPE",
        AllowMultipleArgumentsPerToken = true,
        DefaultValueFactory = _ => [],
    };

    internal void AddTo(Command command) => command.AddAll(_depth, _scopes);

    /// <summary>Whether --stochastic-depth is given.</summary>
    internal bool IsGiven(ParseResult parsed)
    {
        bool given = parsed.GetValue(_depth) is not null;
        return given || parsed.GetValue(_scopes) is not { Length: > 0 } ? given
            : throw new EspalierException("--depth-scope requires --stochastic-depth");
    }

    /// <summary>The model with stochastic depth as requested.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="model">The model.</param>
    /// <param name="seed">The seed of the weights of new projections.</param>
    internal Model Apply(ParseResult parsed, Model model, ulong seed)
    {
        if (!IsGiven(parsed))
        {
            return model;
        }

        string text = parsed.GetValue(_depth)!;
        string[] parts = text.Split(',', StringSplitOptions.TrimEntries);
        if (!FiniteNumber.TryParse(parts[0], out double survival) || survival is not (> 0 and < 1))
        {
            throw new EspalierException($"--stochastic-depth takes a probability above 0 and below 1, found '{parts[0]}'");
        }

        var options = new StochasticDepthWrapOptions
        {
            Scopes = ValueList.From(parsed.GetValue(_scopes)!),
            Survival = SurvivalRule.LinearDecay(survival),
            Initialize = definition => definition.Initialize(seed),
        };
        return model.ApplyAndRecord(new StochasticDepthWrap(parts.Skip(1).Aggregate(options, With)));
    }

    private static StochasticDepthWrapOptions With(StochasticDepthWrapOptions options, string word) => word switch
    {
        "linear" => options with { Survival = SurvivalRule.LinearDecay(options.Survival.Last) },
        "constant" => options with { Survival = SurvivalRule.Constant(options.Survival.Last) },
        "batch" => options with { Mode = StochasticDepthMode.Batch },
        "row" => options with { Mode = StochasticDepthMode.Row },
        "paper" => options with { Scaling = StochasticDepthScaling.Paper },
        "inverted" => options with { Scaling = StochasticDepthScaling.Inverted },
        "bypass" => Bypass(options, BypassProjection.None),
        "bypass:1x1" => Bypass(options, BypassProjection.Fresh1x1),
        "bypass:3x3" => Bypass(options, BypassProjection.Fresh3x3),
        "bypass:clone" => Bypass(options, BypassProjection.Cloned),
        "bypass:tie" => Bypass(options, BypassProjection.Tied),
        _ => throw new EspalierException($"--stochastic-depth: the words after the probability are {Words}; found '{word}'"),
    };

    private static StochasticDepthWrapOptions Bypass(StochasticDepthWrapOptions options, BypassProjection projection) =>
        options with { Form = StochasticDepthForm.Bypass, Projection = projection };
}
