using Espalier.Surgery;

namespace Espalier.Cli;

/// <summary>The options for pruning weights.</summary>
internal sealed class PruneWeightsOptions
{
    private readonly Option<string?> _method = new("--method") { Description = "The criterion that ranks weights: l1 (magnitude), l2 or linf (norm of blocks and vectors), lamp (for use with --global), gradient or taylor (require --data), random.", HelpName = "NAME" };
    private readonly Option<string[]> _scope = Patterns("--scope", "Layers or parameters by name or pattern, such as layer3 or 'layer*.0.conv2'. Weights: by default all convolutions and linear layers except stem, depthwise convolutions and classifier; a full name selects those too. Channels: the layers that may become narrower.");
    private readonly Option<string[]> _exclude = Patterns("--exclude", "Layers or parameters that are not pruned.");
    private readonly Option<bool> _all = new("--all-layers") { Description = "Also prunes stem, depthwise convolutions and classifier." };
    private readonly Option<bool> _global = new("--global") { Description = "Ranks the weights of all layers together instead of each layer separately." };
    private readonly Option<string?> _pattern = new("--pattern") { Description = "The unit of pruning: element, 4x1 (output channels), 1x4 (input channels), 2:4 (without an amount), dim0, dim1 … (whole vectors, as in PyTorch's ln_structured).", HelpName = "NAME" };
    private readonly Option<string?> _distribution = new("--distribution") { Description = "How the amount is distributed over layers: uniform or erk (Erdős-Rényi-Kernel).", HelpName = "NAME" };

    private readonly Option<bool> _branches = new("--branches") { Description = "Prunes multi-branch blocks (ACB, DBB, RepVGG, MobileOne) by the layer that each folds into, in all branches together, so that 'espalier fold' preserves the zeros. Scopes and the table refer to those layers." };

    /// <summary>The options that are only for weights.</summary>
    internal IReadOnlyList<Option> Own => [_method, _all, _global, _pattern, _distribution, _branches];

    internal void AddTo(Command command) => command.AddAll(_method, _scope, _exclude, _all, _global, _pattern, _distribution, _branches);

    /// <summary>The patterns of --scope.</summary>
    internal ValueList<string> Scopes(ParseResult parsed) => [.. parsed.GetValue(_scope) ?? []];

    /// <summary>The patterns of --exclude.</summary>
    internal ValueList<string> Excluded(ParseResult parsed) => [.. parsed.GetValue(_exclude) ?? []];

    internal AskedPruning Read(ParseResult parsed, PruneTargetOptions targets, ulong seed)
    {
        WeightPruning request = ReadRequest(parsed, seed);
        bool together = parsed.GetValue(_branches);
        if (together && request.Needs.HasFlag(PruningNeeds.Gradients))
        {
            throw new EspalierException("--branches ranks the weights of folded layers, which have no gradients; use --method l1, lamp or random");
        }

        request = request with { Branches = together };
        if (request.Pattern != WeightPattern.TwoOfFour)
        {
            PruneTargetKind[] kinds = [PruneTargetKind.Amount, PruneTargetKind.Sparsity, .. together ? (PruneTargetKind[])[] : [PruneTargetKind.Latency], PruneTargetKind.Amounts];
            ParsedTarget target = targets.Read(parsed, "weights", kinds);
            return new AskedPruning(request with { Target = target.Target }, target.Kind is PruneTargetKind.Latency or PruneTargetKind.Amounts ? target.Explain : error => error);
        }

        return targets.IsGiven(parsed)
            ? throw new EspalierException("--pattern 2:4 always removes half and takes no amount or target")
            : new AskedPruning(request, error => error);
    }

    /// <summary>The request without a target.</summary>
    private WeightPruning ReadRequest(ParseResult parsed, ulong seed)
    {
        string pattern = parsed.GetValue(_pattern) ?? "element";
        WeightPattern found = WeightPattern.Find(pattern) ?? throw new EspalierException($"there is no --pattern {pattern}; there are element, 4x1, 1x4, 2:4, dim0 and dim1");
        string method = parsed.GetValue(_method) ?? throw new EspalierException($"give a criterion for weights with --method: {WeightMethods.Names}; or prune channels or blocks with --channels or --blocks");
        bool all = parsed.GetValue(_all);
        return WeightMethods.Request(method, "--method") with
        {
            Pattern = found,
            IsGlobal = parsed.GetValue(_global),
            Distribution = ReadDistribution(parsed),
            Scopes = Scopes(parsed),
            Exclude = Excluded(parsed),
            IncludesStem = all,
            IncludesDepthwise = all,
            IncludesClassifier = all,
            Seed = seed,
        };
    }

    private static Option<string[]> Patterns(string name, string description) => new(name) { Description = description, HelpName = "PATTERN", AllowMultipleArgumentsPerToken = true };

    private AmountDistribution ReadDistribution(ParseResult parsed) => (parsed.GetValue(_distribution), parsed.GetValue(_global)) switch
    {
        (null or "uniform", _) => AmountDistribution.Uniform,
        ("erk", false) => AmountDistribution.ErdosRenyiKernel,
        ("erk", true) => throw new EspalierException("--global ranks all layers together, so there is no --distribution to choose"),
        (string other, _) => throw new EspalierException($"there is no --distribution {other}; there are uniform and erk"),
    };
}
