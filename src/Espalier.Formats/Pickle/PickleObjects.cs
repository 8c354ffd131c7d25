using System.Globalization;

namespace Espalier.Formats;

/// <summary>Reads unpickled data as dicts and lists, whatever class Python would have created.</summary>
internal static class PickleObjects
{
    /// <summary>A dict's entries, or <see langword="null"/> if <paramref name="value"/> is not a dict.</summary>
    public static IReadOnlyList<KeyValuePair<object?, object?>>? Entries(object? value) => value switch
    {
        PickleDict dict => dict.Entries,
        PickleCall { Entries.Count: > 0 } call => call.Entries,
        PickleCall call when IsDict(call) => Pairs(call),
        _ => null,
    };

    /// <summary>A dict's value for the key <paramref name="name"/>; <see langword="null"/> where it is not set exactly once.</summary>
    public static object? Entry(object? value, string name)
    {
        object? found = null;
        foreach (KeyValuePair<object?, object?> entry in Entries(value) ?? [])
        {
            found = entry.Key is string key && key == name ? entry.Value : found;
        }

        return found;
    }

    /// <summary>The items of a list or tuple, or <see langword="null"/> if <paramref name="value"/> is neither.</summary>
    public static IReadOnlyList<object?>? Items(object? value) => value switch
    {
        PickleList list => list.Items,
        PickleTuple tuple => tuple.Items,
        _ => null,
    };

    /// <summary>A key as part of a tensor's name.</summary>
    public static string Name(object? key) => key switch
    {
        string text => text,
        long number => number.ToString(CultureInfo.InvariantCulture),
        _ => PickleText.Render(key),
    };

    private static bool IsDict(PickleCall call) =>
        call.Calls("collections", "OrderedDict") || call.Calls("collections", "defaultdict")
        || call.Calls("builtins", "dict") || call.Calls("__builtin__", "dict");

    /// <summary>The entries of an OrderedDict of Python 2, which is written as a call with a list of pairs.</summary>
    private static List<KeyValuePair<object?, object?>> Pairs(PickleCall call)
    {
        List<KeyValuePair<object?, object?>> pairs = [];
        foreach (object? item in Items(call.Arguments.Items is [var only] ? only : null) ?? [])
        {
            if (Items(item) is [var key, var value])
            {
                pairs.Add(new(key, value));
            }
        }

        return pairs;
    }
}
