namespace Espalier.Surgery;

/// <summary>The reason why maps cannot be merged.</summary>
/// <param name="Rule">The rule that is violated.</param>
/// <param name="Reason">The reason as a sentence.</param>
internal sealed record MergeRefusal(MergeRule Rule, string Reason)
{
    /// <summary>The refusal as text: <c>InnerPadding: …</c>.</summary>
    public override string ToString() => $"{Rule}: {Reason}";
}
