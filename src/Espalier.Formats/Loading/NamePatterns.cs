using System.Text.RegularExpressions;

namespace Espalier.Formats;

/// <summary>Regular expressions that choose names.</summary>
internal sealed class NamePatterns
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private readonly Regex[] _patterns;

    /// <exception cref="EspalierException">One is not a valid regular expression.</exception>
    internal NamePatterns(IEnumerable<string> patterns) => _patterns = [.. patterns.Select(Compile)];

    /// <summary>Whether one of the expressions matches a part of the name.</summary>
    /// <exception cref="EspalierException">Matching took more than one second.</exception>
    internal bool Match(string name)
    {
        try
        {
            return _patterns.Any(pattern => pattern.IsMatch(name));
        }
        catch (RegexMatchTimeoutException error)
        {
            throw new EspalierException($"the expression '{error.Pattern}' took more than a second for the name '{name}'", error);
        }
    }

    /// <summary>Compiles an expression for matching without backtracking, or with a time limit where it needs backtracking.</summary>
    /// <exception cref="EspalierException">It is not a valid regular expression.</exception>
    internal static Regex Compile(string pattern)
    {
        try
        {
            return new Regex(pattern, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant, Patience);
        }
        catch (NotSupportedException)
        {
            return new Regex(pattern, RegexOptions.CultureInvariant, Patience);
        }
        catch (ArgumentException error)
        {
            throw new EspalierException($"'{pattern}' is not a valid regular expression: {error.Message}", error);
        }
    }
}
