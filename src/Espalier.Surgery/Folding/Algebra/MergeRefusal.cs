namespace Espalier.Surgery;

/// <summary>Why a merge was not made.</summary>
/// <param name="Rule">The rule that stands in the way.</param>
/// <param name="Reason">What was found, in a sentence.</param>
public sealed record MergeRefusal(MergeRule Rule, string Reason)
{
    /// <summary><c>InnerPadding: …</c>.</summary>
    public override string ToString() => $"{Rule}: {Reason}";
}
