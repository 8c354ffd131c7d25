using System.IO.Enumeration;

namespace Espalier.Graphs;

/// <summary>Patterns that select nodes by name: <c>layer3</c> is everything in that scope; in <c>layer*.0.conv2</c> a star stands for any text, and <c>?</c> for any one character.</summary>
public static class ScopePattern
{
    /// <summary>Whether a pattern matches a node's name or a scope that contains the node.</summary>
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
