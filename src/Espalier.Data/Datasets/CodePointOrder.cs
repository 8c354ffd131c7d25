namespace Espalier.Data;

/// <summary>Orders names by code point, as Python sorts strings and torchvision's <c>ImageFolder</c> therefore sorts classes. .NET's ordinal order puts characters above U+FFFF, such as emoji, before some of those below.</summary>
internal sealed class CodePointOrder : IComparer<string>
{
    internal static CodePointOrder Instance { get; } = new();

    /// <inheritdoc/>
    public int Compare(string? x, string? y)
    {
        (string left, string right) = (x ?? "", y ?? "");
        int same = left.AsSpan().CommonPrefixLength(right);
        if (same == left.Length || same == right.Length)
        {
            return left.Length.CompareTo(right.Length);
        }

        bool isHigh = char.IsSurrogate(left[same]), isOtherHigh = char.IsSurrogate(right[same]);
        return isHigh == isOtherHigh ? left[same].CompareTo(right[same]) : isHigh.CompareTo(isOtherHigh);
    }
}
