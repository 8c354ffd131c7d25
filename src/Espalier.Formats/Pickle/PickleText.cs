using System.Globalization;
using System.Text;

namespace Espalier.Formats;

/// <summary>Unpickled data as text for messages: shortened, and safe to print even where the data is hostile.</summary>
internal static class PickleText
{
    private const int Longest = 200;
    private const int Deepest = 4;

    /// <summary>The kind of a value, such as <c>a call of os.system</c>.</summary>
    public static string Describe(object? value) => value switch
    {
        null => "None",
        bool or long or double or System.Numerics.BigInteger => $"the number {Render(value)}",
        string text => $"the string {Render(text)}",
        byte[] bytes => $"{bytes.Length} bytes",
        PickleTuple tuple => $"a tuple of {tuple.Items.Count}",
        PickleList list => $"a list of {list.Items.Count}",
        PickleDict dict => $"a dict of {dict.Entries.Count}{Keys(dict.Entries)}",
        PickleCall call when call.Entries.Count > 0 => $"a {Callable(call)} of {call.Entries.Count}{Keys(call.Entries)}",
        PickleCall call => $"a call of {Callable(call)}",
        PickleGlobal global => $"the name {Clean(global.ToString())}",
        PickleReference => "a reference to a storage",
        _ => "something unknown",
    };

    /// <summary>A value on one line, in nearly Python's notation.</summary>
    public static string Render(object? value)
    {
        var text = new StringBuilder();
        Render(value, text, 0);
        return text.Length <= Longest ? text.ToString() : text.ToString(0, Longest) + "…";
    }

    private static void Render(object? value, StringBuilder text, int depth)
    {
        if (text.Length > Longest)
        {
            return;
        }

        switch (value)
        {
            case string s: text.Append('"').Append(Clean(s)).Append('"'); break;
            case bool flag: text.Append(flag ? "true" : "false"); break;
            case IFormattable number: text.Append(number.ToString(null, CultureInfo.InvariantCulture)); break;
            case PickleTuple tuple when depth < Deepest: RenderAll(tuple.Items, '(', ')', text, depth); break;
            case PickleList list when depth < Deepest: RenderAll(list.Items, '[', ']', text, depth); break;
            case PickleDict dict when depth < Deepest: RenderEntries(dict.Entries, text, depth); break;
            case PickleCall call when depth < Deepest && call.Entries.Count > 0: RenderEntries(call.Entries, text, depth); break;
            case PickleCall call when depth < Deepest:
                text.Append(Callable(call));
                RenderAll(call.Arguments.Items, '(', ')', text, depth);
                break;
            default: text.Append(Describe(value)); break;
        }
    }

    private static void RenderAll(IReadOnlyList<object?> items, char open, char close, StringBuilder text, int depth)
    {
        text.Append(open);
        for (int i = 0; i < items.Count && text.Length <= Longest; i++)
        {
            text.Append(i == 0 ? "" : ", ");
            Render(items[i], text, depth + 1);
        }

        text.Append(close);
    }

    private static void RenderEntries(IReadOnlyList<KeyValuePair<object?, object?>> entries, StringBuilder text, int depth)
    {
        text.Append('{');
        for (int i = 0; i < entries.Count && text.Length <= Longest; i++)
        {
            text.Append(i == 0 ? "" : ", ");
            Render(entries[i].Key, text, depth + 1);
            text.Append(": ");
            Render(entries[i].Value, text, depth + 1);
        }

        text.Append('}');
    }

    private static string Callable(PickleCall call) => call.Callable is PickleGlobal global ? Clean(global.ToString()) : "something that is not a name";

    private static string Keys(IReadOnlyList<KeyValuePair<object?, object?>> entries) =>
        entries.Count == 0 ? "" : " with the keys " + string.Join(", ", entries.Take(5).Select(e => Key(e.Key))) + (entries.Count > 5 ? ", …" : "");

    private static string Key(object? key) => key is string or IFormattable or null ? Render(key) : "something that is not a string";

    /// <summary>Text from a file made safe for terminals and logs: no control characters, no line breaks, limited length.</summary>
    public static string Clean(string text)
    {
        string cut = text.Length <= Longest ? text : text[..Longest] + "…";
        return string.Concat(cut.Select(c => char.IsControl(c) ? '?' : c));
    }
}
