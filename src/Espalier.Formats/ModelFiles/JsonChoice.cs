namespace Espalier.Formats;

/// <summary>Enumerations in JSON: their names in lower case.</summary>
internal static class JsonChoice
{
    public static string Name<T>(T value) where T : struct, Enum =>
        Enum.GetName(value)?.ToLowerInvariant() ?? throw new ArgumentOutOfRangeException(nameof(value), value, "Not a defined value.");

    public static string Names<T>() where T : struct, Enum => string.Join(", ", Enum.GetValues<T>().Select(Name));

    public static bool TryFind<T>(string name, out T value) where T : struct, Enum
    {
        foreach (T candidate in Enum.GetValues<T>())
        {
            if (Name(candidate) == name)
            {
                value = candidate;
                return true;
            }
        }

        value = default;
        return false;
    }
}
