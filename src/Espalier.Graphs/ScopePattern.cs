using System.IO.Enumeration;

namespace Espalier.Graphs;

/// <summary>Chooses parts of a network by name: <c>layer3</c> is everything in that scope, <c>layer*.0.conv2</c> has any text at its stars, and <c>?</c> is any one character.</summary>
public static class ScopePattern
{
    /// <summary>Whether a pattern means a node: its name, or a scope that it lies in.</summary>
    public static bool Matches(string pattern, string name)
    {
        ArgumentNullException.ThrowIfNull(pattern);
        ArgumentNullException.ThrowIfNull(name);
        for (string scope = name; scope.Length > 0; scope = ScopeName.Parent(scope))
        {
            if (FileSystemName.MatchesSimpleExpression(pattern, scope, ignoreCase: false))
            {
                return true;
            }
        }

        return false;
    }
}
