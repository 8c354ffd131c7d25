namespace Espalier.Surgery;

/// <summary>A merge that was considered and not made.</summary>
/// <param name="Node">The node where the region would have ended.</param>
/// <param name="Rule">The rule that is violated.</param>
/// <param name="Reason">The reason, with the names of the other nodes.</param>
public sealed record FoldingRefusal(string Node, MergeRule Rule, string Reason)
{
    /// <summary>The refusal as text: <c>layer1.add: CommonInput: …</c>.</summary>
    public override string ToString() => $"{Node}: {Rule}: {Reason}";
}
