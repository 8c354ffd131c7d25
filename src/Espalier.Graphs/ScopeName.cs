namespace Espalier.Graphs;

/// <summary>Functions on names, which are paths: <c>layer1</c> is a stage, <c>layer1.0</c> a block, <c>layer1.0.conv1</c> a layer, <c>layer1.0.conv1.weight</c> a parameter.</summary>
internal static class ScopeName
{
    /// <summary>Whether <paramref name="name"/> is <paramref name="scope"/> or lies in it. The empty scope contains everything.</summary>
    public static bool Contains(string scope, string name)
    {
        ArgumentNullException.ThrowIfNull(scope);
        ArgumentNullException.ThrowIfNull(name);
        return scope.Length == 0
            || (name.StartsWith(scope, StringComparison.Ordinal) && (name.Length == scope.Length || name[scope.Length] == '.'));
    }

    /// <summary>The path of <paramref name="name"/> in <paramref name="scope"/>.</summary>
    public static string Join(string scope, string name) => scope.Length == 0 ? name : $"{scope}.{name}";

    /// <summary>All but the last part of a name; empty for a name of one part.</summary>
    public static string Parent(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        int dot = name.LastIndexOf('.');
        return dot < 0 ? "" : name[..dot];
    }

    /// <summary>The reason why a name is invalid, or <see langword="null"/>: parts are non-empty, separated by dots, and consist of letters, digits, '_' and '-'.</summary>
    public static string? Fault(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        foreach (string part in name.Split('.'))
        {
            if (part.Length == 0)
            {
                return $"the name '{name}' has an empty part";
            }

            if (!part.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-'))
            {
                return $"the name '{name}' has characters other than letters, digits, '_' and '-'";
            }
        }

        return null;
    }
}
