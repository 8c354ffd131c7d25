using System.Globalization;
using Espalier.Tensors;

namespace Espalier.Models;

/// <summary>What replaces parts of a residual network of the zoo, with the words of the command line: <c>--stem deep --attention se</c>. <see langword="null"/> keeps the network's own part.</summary>
public readonly record struct ResidualVariant
{
    private const string GroupWord = "group";

    private static readonly (string Word, ResNetStem Value)[] Stems =
        [("large", ResNetStem.Large), ("small", ResNetStem.Small), ("deep", ResNetStem.Deep), ("deep-tiered", ResNetStem.DeepTiered)];

    private static readonly (string Word, Shortcut Value)[] Shortcuts =
    [
        ("projection", Models.Shortcut.Projection), ("padded-identity", Models.Shortcut.PaddedIdentity), ("none", Models.Shortcut.None),
        ("average-pool", Models.Shortcut.AveragePool), ("wide-projection", Models.Shortcut.WideProjection),
    ];

    private static readonly (string Word, ChannelAttention Value)[] Attentions =
        [("none", ChannelAttention.None), ("se", ChannelAttention.SqueezeExcitation), ("eca", ChannelAttention.Efficient)];

    private static readonly (string Word, Pooling Value)[] Poolings =
    [
        ("strided", Models.Pooling.Strided), ("average", Models.Pooling.Average), ("blur", Models.Pooling.Blur),
        ("average-before", Models.Pooling.AverageBefore), ("average-after", Models.Pooling.AverageAfter),
    ];

    /// <summary>The first layers.</summary>
    public ResNetStem? Stem { get; init; }

    /// <summary>The shortcuts.</summary>
    public Shortcut? Shortcut { get; init; }

    /// <summary>The attention at the end of each branch.</summary>
    public ChannelAttention? Attention { get; init; }

    /// <summary>How the size is halved.</summary>
    public Pooling? Pooling { get; init; }

    /// <summary>The norm of every layer.</summary>
    public Norm? Norm { get; init; }

    /// <summary>Whether nothing is replaced.</summary>
    public bool IsNone => this == default;

    /// <summary>The parts that can be replaced, each with its words, as in <c>large|small|deep|deep-tiered</c>.</summary>
    public static IReadOnlyList<(string Part, string Words)> Parts { get; } =
    [
        ("stem", Join(Stems)), ("shortcut", Join(Shortcuts)), ("attention", Join(Attentions)), ("pooling", Join(Poolings)), ("norm", $"batch|{GroupWord}|{GroupWord}:GROUPS"),
    ];

    /// <summary>The variant with one more part replaced.</summary>
    /// <param name="part">One of <see cref="Parts"/>: <c>stem</c>, <c>shortcut</c>, <c>attention</c>, <c>pooling</c> or <c>norm</c>.</param>
    /// <param name="word">What stands in its place, such as <c>deep</c> or <c>group:16</c>.</param>
    /// <exception cref="EspalierException">There is no such part or word; the message lists those that exist.</exception>
    public ResidualVariant With(string part, string word)
    {
        ArgumentNullException.ThrowIfNull(word);
        return part switch
        {
            "stem" => this with { Stem = Find(part, word, Stems) },
            "shortcut" => this with { Shortcut = Find(part, word, Shortcuts) },
            "attention" => this with { Attention = Find(part, word, Attentions) },
            "pooling" => this with { Pooling = Find(part, word, Poolings) },
            "norm" => this with { Norm = FindNorm(part, word) },
            _ => throw new EspalierException($"A residual network has no part '{part}'; there are {string.Join(", ", Parts.Select(known => known.Part))}."),
        };
    }

    /// <summary>The options with the parts replaced.</summary>
    internal ResNetOptions Apply(ResNetOptions options) => options with
    {
        Stem = Stem ?? options.Stem,
        Shortcut = Shortcut ?? options.Shortcut,
        Attention = Attention ?? options.Attention,
        Pooling = Pooling ?? options.Pooling,
        Norm = Norm ?? options.Norm,
    };

    private static T Find<T>(string part, string word, (string Word, T Value)[] known)
    {
        int index = Array.FindIndex(known, each => each.Word == word);
        return index >= 0 ? known[index].Value : throw Unknown(part, word);
    }

    private static Norm FindNorm(string part, string word)
    {
        int groups = 0;
        bool isCounted = word.StartsWith($"{GroupWord}:", StringComparison.Ordinal)
            && int.TryParse(word.AsSpan(GroupWord.Length + 1), NumberStyles.None, CultureInfo.InvariantCulture, out groups) && groups > 0;
        return word == "batch" ? Norms.Batch
            : word == GroupWord ? Norms.Group()
            : isCounted ? Norms.Group(groups)
            : throw Unknown(part, word);
    }

    private static EspalierException Unknown(string part, string word) =>
        new($"A residual network has no {part} '{word}'; there are {Parts.First(known => known.Part == part).Words.Replace("|", ", ", StringComparison.Ordinal)}.");

    private static string Join<T>((string Word, T Value)[] known) => string.Join('|', known.Select(each => each.Word));
}
