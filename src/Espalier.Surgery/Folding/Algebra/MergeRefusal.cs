namespace Espalier.Surgery;

/// <summary>The reason why a merge was not made.</summary>
/// <param name="Rule">The rule that is violated.</param>
/// <param name="Reason">What was found, in a sentence.</param>
internal sealed record MergeRefusal(MergeRule Rule, string Reason)
{
    /// <summary>The refusal as text: <c>InnerPadding: …</c>.</summary>
    public override string ToString() => $"{Rule}: {Reason}";
}
