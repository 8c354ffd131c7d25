using System.Runtime.CompilerServices;

namespace Espalier.Cli.Tests;

public class DocumentedVerbsTests
{
    [Fact(DisplayName = "Faults: the verb table of docs/cli.md has every verb")]
    public void The_table_of_the_page_has_every_verb_and_a_section_for_each()
    {
        string page = File.ReadAllText(Path.Combine(Repository(), "docs", "cli.md"));
        using var output = new StringWriter();
        string[] verbs = [.. Root.Create(new CliContext(new Terminal(output, output), CancellationToken.None)).Subcommands.Select(verb => verb.Name)];
        string[] sections = [.. page.Split('\n').Where(line => line.StartsWith("## ", StringComparison.Ordinal)).Select(line => line[3..].Trim().ToLowerInvariant().Replace(' ', '-'))];

        foreach (string verb in verbs)
        {
            string row = Assert.Single(page.Split('\n'), line => line.StartsWith($"| [`{verb}`](#", StringComparison.Ordinal));
            string anchor = row[(row.IndexOf('#', StringComparison.Ordinal) + 1)..row.IndexOf(')', StringComparison.Ordinal)];
            Assert.Contains(anchor, sections);
        }
    }

    private static string Repository([CallerFilePath] string file = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(file)!, "..", ".."));

    [Fact]
    public void A_command_line_makes_the_verb_that_it_begins_with_alone()
    {
        using var output = new StringWriter();
        var context = new CliContext(new Terminal(output, output), CancellationToken.None);
        string[] verbs = [.. Root.Create(context).Subcommands.Select(verb => verb.Name)];

        Assert.All(verbs.Where(verb => verb != "help"), verb => Assert.Equal(verb, Assert.Single(Root.For(context, [verb, "--help"]).Subcommands).Name));
        Assert.All((string[])["help", "--help", "[suggest:9]", "sumary"], first => Assert.Equal(verbs.Length, Root.For(context, [first]).Subcommands.Count));
        Assert.Equal(verbs.Length, Root.For(context, []).Subcommands.Count);
    }
}
