using Espalier.Models;

namespace Espalier.Cli;

/// <summary>The options that build a network of the zoo with blocks in the place of convolutions.</summary>
internal sealed class BlockOptions
{
    private readonly Option<string[]> _block = new("--block")
    {
        Description = $"Builds blocks to train with, and to fold afterwards: {MultiBranchKinds.Names}. Every convolution with a kernel larger than 1x1, or those of scopes and patterns: dbb=layer3,layer4.0.conv1. May be given several times.",
        HelpName = "NAME[=SCOPE,…]",
        CompletionSources = { "acb", "dbb", "repvgg", "mobileone" },
    };

    private readonly Option<string?> _gamma = new("--block-gamma")
    {
        Description = "How the norms of the branches begin: all (1, the default), single (1 for the main branch, 0 for the others), reduced (a third) or a number.",
        HelpName = "all|single|reduced|NUMBER",
    };

    internal void AddTo(Command command) => command.AddAll(_block, _gamma);

    /// <summary>The blocks that are asked for.</summary>
    internal ValueList<BlockChoice> Read(ParseResult parsed)
    {
        string[] blocks = parsed.GetValue(_block) ?? [];
        string? gamma = parsed.GetValue(_gamma);
        if (gamma is not null && blocks.Length == 0)
        {
            throw new EspalierException("--block-gamma is about the blocks of --block, and there are none");
        }

        BranchWeights weights = Weights(gamma);
        return ValueList.From(blocks.SelectMany(text => BlockChoice.Parse(text)).Select(choice => choice with { Weights = weights }));
    }

    private static BranchWeights Weights(string? text) => text switch
    {
        null or "all" => BranchWeights.All,
        "single" => BranchWeights.Single,
        "reduced" => BranchWeights.Reduced,
        _ => FiniteNumber.TryParse(text, out double gamma)
            ? new BranchWeights(gamma, gamma)
            : throw new EspalierException($"--block-gamma is all, single, reduced or a number, found '{text}'"),
    };
}
