namespace Espalier.Surgery;

/// <summary>A merge that was looked at and not made.</summary>
/// <param name="Node">The node where the region would have ended.</param>
/// <param name="Rule">The rule that stands in the way.</param>
/// <param name="Reason">What was found, with the names of the other nodes.</param>
public sealed record FoldingRefusal(string Node, MergeRule Rule, string Reason)
{
    /// <summary><c>layer1.add: CommonInput: …</c>.</summary>
    public override string ToString() => $"{Node}: {Rule}: {Reason}";
}
