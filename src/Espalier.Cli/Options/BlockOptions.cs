using Espalier.Models;

namespace Espalier.Cli;

/// <summary>The options that replace convolutions of a network of the zoo by multi-branch blocks.</summary>
internal sealed class BlockOptions
{
    private readonly Option<string[]> _block = CreateBlock();

    private readonly Option<string?> _gamma = new("--block-gamma")
    {
        Description = "Initial weight of the norms of the branches: all (1, the default), single (1 for the main branch, 0 for the others), reduced (1/3) or a number.",
        HelpName = "all|single|reduced|NUMBER",
    };

    internal void AddTo(Command command) => command.AddAll(_block, _gamma);

    /// <summary>The option that names the blocks.</summary>
    internal static Option<string[]> CreateBlock() => new("--block")
    {
        Description = $"Replaces convolutions of a network of the zoo by multi-branch blocks for training, which can be folded afterwards: {MultiBranchKinds.Names}. By default all convolutions with kernels larger than 1x1, otherwise those of scopes and patterns: dbb=layer3,layer4.0.conv1. May be given several times.",
        HelpName = "NAME[=SCOPE,…]",
        CompletionSources = { "acb", "dbb", "repvgg", "mobileone" },
    };

    /// <summary>The blocks that texts such as <c>dbb=layer3</c> name.</summary>
    internal static ValueList<BlockChoice> Choices(IEnumerable<string> texts) => ValueList.From(texts.SelectMany(text => text is "1x4" or "4x1"
        ? throw new EspalierException($"--block replaces convolutions by multi-branch blocks; weights are pruned in blocks of {text} by --pattern {text}, and during training by --prune-pattern {text}")
        : (IEnumerable<BlockChoice>)BlockChoice.Parse(text)));

    /// <summary>The blocks that the command line requests.</summary>
    internal ValueList<BlockChoice> Read(ParseResult parsed)
    {
        string[] blocks = parsed.GetValue(_block) ?? [];
        string? gamma = parsed.GetValue(_gamma);
        if (gamma is not null && blocks.Length == 0)
        {
            throw new EspalierException("--block-gamma requires --block");
        }

        BranchWeights weights = Weights(gamma);
        return ValueList.From(Choices(blocks).Select(choice => choice with { Weights = weights }));
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
