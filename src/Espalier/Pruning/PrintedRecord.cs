namespace Espalier;

/// <summary>What the <c>ToString</c> of a record prints, as lines that can be compared one by one.</summary>
internal static class PrintedRecord
{
    private const string Open = " { ";
    private const string Close = " }";
    private const string Separator = ", ";

    /// <summary>
    /// A line <c>Path.Member = value</c> for each member, and a line <c>Path Type</c> for each record. The path names members and types: <c>ImageTrainingOptions.Training.TrainingOptions.Epochs = 10</c>.
    /// A text that is no record is one line.
    /// </summary>
    internal static IEnumerable<string> Lines(string text) => IsRecord(text) ? OfRecord("", "", text) : [text];

    private static IEnumerable<string> OfMember(string path, string value)
    {
        string[] items = [.. Split(value)];
        return Array.TrueForAll(items, IsRecord) ? items.SelectMany(item => OfRecord(path + " ", path + ".", item)) : [$"{path} = {value}"];
    }

    private static IEnumerable<string> OfRecord(string title, string path, string text)
    {
        int open = text.IndexOf(Open, StringComparison.Ordinal);
        string type = text[..open];
        (int start, int end) = (open + Open.Length, text.Length - Close.Length);
        string body = start < end ? text[start..end] : ""; // of no members is printed 'Type { }'
        return Members(body).SelectMany(member => OfMember($"{path}{type}.{member.Name}", member.Value)).Prepend(title + type);
    }

    /// <summary>The members of a record. A value may have commas: what does not begin with a name belongs to the value before it.</summary>
    private static List<(string Name, string Value)> Members(string body)
    {
        List<(string Name, string Value)> members = [];
        foreach (string piece in Split(body))
        {
            int equals = piece.IndexOf(" = ", StringComparison.Ordinal);
            if (equals > 0 && IsName(piece.AsSpan(0, equals)))
            {
                members.Add((piece[..equals], piece[(equals + 3)..]));
            }
            else if (members.Count > 0)
            {
                members[^1] = (members[^1].Name, members[^1].Value + Separator + piece);
            }
        }

        return members;
    }

    /// <summary>The parts of a text between commas that are not within braces.</summary>
    private static IEnumerable<string> Split(string text)
    {
        (int start, int depth) = (0, 0);
        for (int i = 0; i < text.Length; i++)
        {
            depth += text[i] switch { '{' => 1, '}' => -1, _ => 0 };
            if (depth == 0 && text.AsSpan(i).StartsWith(Separator))
            {
                yield return text[start..i];
                start = i + Separator.Length;
            }
        }

        yield return text[start..];
    }

    private static bool IsRecord(string text) => text.IndexOf(Open, StringComparison.Ordinal) is > 0 and int open && text.EndsWith(Close, StringComparison.Ordinal) && IsName(text.AsSpan(0, open));

    private static bool IsName(ReadOnlySpan<char> text)
    {
        foreach (char c in text)
        {
            if (!char.IsLetterOrDigit(c) && c != '_')
            {
                return false;
            }
        }

        return text.Length > 0;
    }
}
