using System.Text.RegularExpressions;

namespace Espalier.Architecture.Tests;

/// <summary>Folders of a project do not depend on each other in a circle. Files at a project's root are what all of its folders build on, or what is built on them.</summary>
public sealed partial class FolderTests
{
    /// <summary>Types whose names are also those of members of other types: a mention elsewhere is the member.</summary>
    private static readonly HashSet<string> s_members = ["Value", "ChannelSelection", "Survival"];

    public static TheoryData<string> Projects => [.. Repository.Files("src", "*.csproj").Select(file => file.Split('/')[1])];

    [Theory]
    [MemberData(nameof(Projects))]
    public void Folders_do_not_depend_on_each_other_in_a_circle(string project)
    {
        Dictionary<string, string> sources = Repository.Files("src", "*.cs")
            .Where(file => file.StartsWith($"src/{project}/", StringComparison.Ordinal))
            .ToDictionary(file => file, file => Code(Repository.Read(file)), StringComparer.Ordinal);
        Assert.NotEmpty(sources);
        Assert.Equal([], Circles(sources));
    }

    [Fact]
    public void A_circle_is_found_and_named() => Assert.Equal(
        ["A → B (one.cs: Two) → A (two.cs: One)"],
        Circles(new()
        {
            ["src/P/A/one.cs"] = "public sealed class One\n{\n    private Two _two;\n}\n",
            ["src/P/B/two.cs"] = "public sealed class Two\n{\n    private One _one;\n}\n",
            ["src/P/C/three.cs"] = "public sealed class Three\n{\n    private One _one;\n}\n",
            ["src/P/root.cs"] = "public sealed class Root\n{\n    private Three _three;\n}\n",
        }));

    /// <summary>One line for each pair of folders that reach each other, with an example of every step.</summary>
    private static List<string> Circles(Dictionary<string, string> sources)
    {
        Dictionary<string, string> folderOf = sources.Keys.Where(file => file.Count(c => c == '/') > 2).ToDictionary(file => file, file => file.Split('/')[2], StringComparer.Ordinal);
        Dictionary<string, string> types = folderOf
            .SelectMany(file => Declaration().Matches(sources[file.Key]).Select(match => (Type: match.Groups[1].Value, Folder: file.Value)))
            .GroupBy(pair => pair.Type).Where(group => group.Select(pair => pair.Folder).Distinct().Count() == 1 && !s_members.Contains(group.Key))
            .ToDictionary(group => group.Key, group => group.First().Folder, StringComparer.Ordinal);
        var examples = new Dictionary<(string From, string To), string>();
        foreach ((string file, string folder) in folderOf)
        {
            foreach (string word in Word().Matches(sources[file]).Select(match => match.Value).Distinct())
            {
                if (types.TryGetValue(word, out string? other) && other != folder)
                {
                    examples.TryAdd((folder, other), $"{Path.GetFileName(file)}: {word}");
                }
            }
        }

        return [.. from edge in examples.Keys.OrderBy(edge => edge.From, StringComparer.Ordinal)
                   where string.CompareOrdinal(edge.From, edge.To) < 0
                   let back = Way(examples, edge.To, edge.From)
                   where back is not null
                   select $"{edge.From} → {edge.To} ({examples[edge]}){back}"];
    }

    private static string? Way(Dictionary<(string From, string To), string> edges, string from, string to)
    {
        var ways = new Dictionary<string, string> { [from] = "" };
        var next = new Queue<string>([from]);
        while (next.TryDequeue(out string? at))
        {
            foreach ((string here, string there) in edges.Keys.Where(edge => edge.From == at && !ways.ContainsKey(edge.To)).ToArray())
            {
                ways[there] = $"{ways[here]} → {there} ({edges[(here, there)]})";
                next.Enqueue(there);
            }
        }

        return from != to && ways.TryGetValue(to, out string? way) ? way : null;
    }

    private static string Code(string source) => Text().Replace(Comment().Replace(source, ""), "\"\"");

    [GeneratedRegex(@"^(?:public |internal |static |sealed |abstract |readonly |ref |partial |unsafe |file )*(?:class|struct|record struct|record class|record|interface|enum) ([A-Z]\w+)", RegexOptions.Multiline)]
    private static partial Regex Declaration();

    [GeneratedRegex(@"\b[A-Z]\w+\b")]
    private static partial Regex Word();

    [GeneratedRegex(@"//.*")]
    private static partial Regex Comment();

    [GeneratedRegex("\"(?:[^\"\\\\\\n]|\\\\.)*\"")]
    private static partial Regex Text();
}
