using System.Text.Json;

namespace Espalier.Serving;

/// <summary>Reads a list of numbers, flat or nested to any depth.</summary>
internal static class JsonNumbers
{
    /// <summary>Reads the list at which a reader stands.</summary>
    /// <returns>The numbers in order; the lengths of the nested lists, or <see langword="null"/> for a flat one; and whether all are written as integers.</returns>
    /// <exception cref="ServingException">There is something else than numbers in it, or lists of one depth have different lengths.</exception>
    internal static (float[] Values, int[]? Nesting, bool Integers) Read(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            throw ServingException.Invalid("data is no list; expected a list of numbers, flat or nested");
        }

        var values = new List<float>();
        var lengths = new List<int?>(); // of the lists at each depth
        var counts = new Stack<int>(); // of the lists that are open
        int leaves = 0; // the depth of the numbers
        bool integers = true;
        do
        {
            switch (reader.TokenType)
            {
                case JsonTokenType.StartArray:
                    counts.Push(0);
                    if (lengths.Count < counts.Count)
                    {
                        lengths.Add(null);
                    }

                    break;
                case JsonTokenType.EndArray:
                    int length = counts.Pop();
                    lengths[counts.Count] = lengths[counts.Count] is not int other || other == length ? length : throw Ragged(counts.Count, other, length);
                    Count(counts);
                    break;
                case JsonTokenType.Number:
                    leaves = leaves == 0 || leaves == counts.Count ? counts.Count : throw ServingException.Invalid("data has numbers at different depths");
                    values.Add(reader.TryGetSingle(out float value) && float.IsFinite(value) ? value : throw ServingException.Invalid($"element {values.Count} of data is out of the range of FP32"));
                    integers &= reader.ValueSpan.IndexOfAny((byte)'.', (byte)'e', (byte)'E') < 0;
                    Count(counts);
                    break;
                default:
                    throw ServingException.Invalid($"element {values.Count} of data is no number");
            }
        }
        while (counts.Count > 0 && reader.Read());

        return lengths.Count > leaves && values.Count > 0
            ? throw ServingException.Invalid("data has numbers at different depths")
            : ([.. values], lengths.Count == 1 ? null : [.. lengths.Select(length => length ?? 0)], integers);
    }

    private static void Count(Stack<int> counts)
    {
        if (counts.TryPop(out int count))
        {
            counts.Push(count + 1);
        }
    }

    private static ServingException Ragged(int depth, int expected, int found) => ServingException.Invalid($"data has lists of {expected} and of {found} at depth {depth + 1}; expected one length");
}
