using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Models;

/// <summary>A kind of multi-branch block and the convolutions that it replaces.</summary>
/// <param name="Kind">The kind of block.</param>
/// <param name="Pattern">A scope or pattern (<see cref="ScopePattern"/>), or <see langword="null"/> for every convolution with a kernel larger than 1x1.</param>
public readonly record struct BlockChoice(MultiBranchKind Kind, string? Pattern = null)
{
    /// <summary>Initial weights of the branches' norms.</summary>
    public BranchWeights Weights { get; init; } = BranchWeights.All;

    /// <summary>Parses choices written as <c>dbb</c> or <c>dbb=layer3,layer4.0.conv1</c>.</summary>
    /// <exception cref="EspalierException">There is no block of that name, or a scope is empty.</exception>
    public static ValueList<BlockChoice> Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        int equals = text.IndexOf('=', StringComparison.Ordinal);
        if (equals < 0)
        {
            return [new BlockChoice(MultiBranchKinds.Find(text))];
        }

        MultiBranchKind kind = MultiBranchKinds.Find(text[..equals]);
        string[] patterns = text[(equals + 1)..].Split(',');
        return patterns.All(pattern => pattern.Length > 0)
            ? ValueList.From(patterns.Select(pattern => new BlockChoice(kind, pattern)))
            : throw new EspalierException($"expected scopes separated by commas after '{text[..equals]}=', found '{text}'");
    }

    /// <summary>Whether the choice applies to a node.</summary>
    internal bool Means(Node node) =>
        node.Op is Conv2d conv && (Pattern is null ? conv.Kernel != 1 : ScopePattern.Matches(Pattern, node.Name));

    /// <summary>The choice as text, such as <c>dbb=layer3</c>.</summary>
    public override string ToString() => Pattern is null ? Kind.Name() : $"{Kind.Name()}={Pattern}";
}
