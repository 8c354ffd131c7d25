using System.Diagnostics.CodeAnalysis;

namespace Espalier.Surgery;

/// <summary>The result of a merge: the merged map, or the rule that prevents it.</summary>
internal readonly record struct MergeResult
{
    private MergeResult(LinearMap? map, MergeRefusal? refusal) => (Map, Refusal) = (map, refusal);

    /// <summary>The merged map, or <see langword="null"/> if the merge is refused.</summary>
    public LinearMap? Map { get; }

    /// <summary>The reason why there is no merged map, or <see langword="null"/> if there is one.</summary>
    public MergeRefusal? Refusal { get; }

    /// <summary>Whether there is a merged map; returns the map or the refusal.</summary>
    public bool IsMerged([NotNullWhen(true)] out LinearMap? map, [NotNullWhen(false)] out MergeRefusal? refusal)
    {
        (map, refusal) = (Map, Refusal);
        return map is not null;
    }

    /// <summary>The result of a merge that succeeded.</summary>
    public static MergeResult Of(LinearMap map) => new(map, null);

    /// <summary>The result of a merge that is refused.</summary>
    public static MergeResult Refuse(MergeRule rule, string reason) => new(null, new MergeRefusal(rule, reason));

    /// <summary>The result of a merge that succeeded.</summary>
    public static implicit operator MergeResult(LinearMap map) => Of(map);
}
