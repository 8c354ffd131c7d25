using System.Text.RegularExpressions;

namespace Espalier.Architecture.Tests;

/// <summary>Holds comments, messages and pages to docs/lexicon.md.</summary>
public sealed partial class LexiconTests
{
    private const string Lexicon = "docs/lexicon.md";
    private const string Heading = "## Phrases to avoid";
    private const int FewestPhrases = 15; // a list that is read wrongly must not pass for one without hits
    private const int FewestSummaries = 2000; // of src
    private const int FewestWords = 2;

    [Fact]
    public void The_lexicon_lists_phrases_to_avoid()
    {
        string[] phrases = Phrases();
        Assert.True(phrases.Length >= FewestPhrases, $"{Lexicon} lists {phrases.Length} phrases under '{Heading}'");
        Assert.Equal(phrases.Distinct(StringComparer.Ordinal), phrases);
        Assert.All(phrases, phrase => Assert.NotEmpty(Hits("some text: " + phrase + " and more", [Pattern(phrase)])));
    }

    [Fact]
    public void Comments_and_messages_use_the_lexicons_words()
    {
        Regex[] patterns = [.. Phrases().Select(Pattern)];
        AssertNone(Repository.Files("src", "*.cs").SelectMany(file => Found(file, Words(Repository.Read(file)), patterns)));
    }

    [Fact]
    public void Pages_use_the_lexicons_words()
    {
        Regex[] patterns = [.. Phrases().Select(Pattern)];
        IEnumerable<string> pages = Repository.Files("docs", "*.md").Where(file => file != Lexicon).Append("README.md");
        AssertNone(pages.SelectMany(file => Found(file, Lines(Repository.Read(file)), patterns)));
    }

    [Fact]
    public void A_summary_says_something()
    {
        (string File, string Text)[] summaries = [.. Repository.Files("src", "*.cs").SelectMany(file => Summary().Matches(Repository.Read(file)).Select(match => (file, Plain(match.Groups[1].Value))))];
        Assert.True(summaries.Length >= FewestSummaries, $"found {summaries.Length} summaries");
        AssertNone(summaries.Where(summary => Word().Count(summary.Text) < FewestWords).Select(summary => $"{summary.File}: '{summary.Text}'"));
    }

    [Theory]
    [InlineData("/// <summary>Which.</summary>", 1)]
    [InlineData("/// <summary></summary>", 0)]
    [InlineData("/// <summary>A <see cref=\"Tensor\"/>.</summary>", 2)]
    [InlineData("/// <summary>\n    /// Two words.\n    /// </summary>", 2)]
    public void Words_of_a_summary_are_counted(string source, int words) => Assert.Equal(words, Word().Count(Plain(Summary().Match(source).Groups[1].Value)));

    [Theory]
    [InlineData("int taps = 3; // a row of taps", true)]
    [InlineData("throw new Error($\"{count} taps\");", true)]
    [InlineData("int[] taps = [.. Taps];", false)]
    [InlineData("/// <param name=\"taps\">Positions.</param>", false)]
    public void Only_comments_and_strings_are_looked_at(string line, bool found) => Assert.Equal(found, Found("file", Words(line), [Pattern("taps")]).Any());

    private static void AssertNone(IEnumerable<string> found) => Assert.True(!found.Any(), string.Join('\n', found));

    /// <summary>The phrases that the lexicon lists, in lower case.</summary>
    private static string[] Phrases() =>
        [.. Lines(Repository.Read(Lexicon)).Select(line => line.Text).SkipWhile(line => line != Heading).Skip(1).TakeWhile(line => !line.StartsWith('#'))
            .Where(line => line.StartsWith("- ", StringComparison.Ordinal)).Select(line => line[2..].Trim())];

    private static Regex Pattern(string phrase) =>
        new($@"(?<!\w){Regex.Escape(phrase).Replace(@"\ ", @"\s+", StringComparison.Ordinal)}(?!\w)", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant);

    private static IEnumerable<string> Found(string file, IEnumerable<(int Line, string Text)> lines, Regex[] patterns) =>
        lines.SelectMany(line => Hits(line.Text, patterns).Select(hit => $"{file}:{line.Line}: '{hit}'"));

    private static IEnumerable<string> Hits(string text, Regex[] patterns) => patterns.SelectMany(pattern => pattern.Matches(text)).Select(match => match.Value);

    /// <summary>The comments and the string literals of a source file, line by line, without the tags of comments.</summary>
    private static IEnumerable<(int Line, string Text)> Words(string source) =>
        Lines(source).Select(line => (line.Line, string.Join(" | ", CommentOrString().Matches(line.Text).Select(match => match.Value.StartsWith('/') ? Tag().Replace(match.Value, " ") : match.Value))));

    private static IEnumerable<(int Line, string Text)> Lines(string text) => text.Split('\n').Select((line, i) => (i + 1, line.TrimEnd('\r')));

    /// <summary>A summary's text, in which a reference counts as what it names.</summary>
    private static string Plain(string summary) => Tag().Replace(Reference().Replace(summary.Replace("///", " ", StringComparison.Ordinal), " $1 "), " ").Trim();

    [GeneratedRegex("""//.*|"(?:[^"\\]|\\.)*"?""")]
    private static partial Regex CommentOrString();

    [GeneratedRegex("<[^>]*>")]
    private static partial Regex Tag();

    [GeneratedRegex("""<(?:see|seealso|paramref|typeparamref) \w+="([^"]*)"\s*/>""")]
    private static partial Regex Reference();

    [GeneratedRegex(@"/// *<summary>(.*?)</summary>", RegexOptions.Singleline)]
    private static partial Regex Summary();

    [GeneratedRegex(@"[^\s.,;:]+")]
    private static partial Regex Word();
}
