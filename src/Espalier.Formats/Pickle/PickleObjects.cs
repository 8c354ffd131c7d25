using System.Globalization;

namespace Espalier.Formats;

/// <summary>Looks into unpickled data as into dicts, whatever class of dict Python would have made of it.</summary>
internal static class PickleObjects
{
    /// <summary>A dict's entries, or <see langword="null"/> if <paramref name="value"/> is none.</summary>
    public static IReadOnlyList<KeyValuePair<object?, object?>>? Entries(object? value) => value switch
    {
        PickleDict dict => dict.Entries,
        PickleCall { Entries.Count: > 0 } call => call.Entries,
        PickleCall call when IsDict(call) => Pairs(call),
        _ => null,
    };

    /// <summary>What a dict holds under <paramref name="name"/>, where that is set once; otherwise <see langword="null"/>.</summary>
    public static object? Entry(object? value, string name)
    {
        object? found = null;
        foreach (KeyValuePair<object?, object?> entry in Entries(value) ?? [])
        {
            found = entry.Key is string key && key == name ? entry.Value : found;
        }

        return found;
    }

    /// <summary>The items of a list or tuple, or <see langword="null"/> if <paramref name="value"/> is none.</summary>
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

    /// <summary>Python 2 wrote an OrderedDict as a call with a list of pairs.</summary>
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
