using System.Text.RegularExpressions;

namespace Espalier.Architecture.Tests;

/// <summary>The pages that say how the library is extended, and what the compiler can only check where no switch has a discard arm.</summary>
public sealed partial class ContributingTests
{
    private const string OpPage = "docs/contributing/add-an-op.md";

    private static readonly string[] Pages = [.. Repository.Files("docs/contributing", "*.md")];

    /// <summary>Enums whose values are known to the compiler: their switches name every value.</summary>
    private static readonly string[] Closed = ["OpType", "ActivationKind", "MultiBranchKind", "CheckpointFormat", "OutputFormat"];

    [Fact]
    public void Every_page_lists_files_that_exist()
    {
        Assert.Contains(OpPage, Pages);
        foreach (string page in Pages)
        {
            string[] files = [.. FilesOf(Repository.Read(page))];
            Assert.True(files.Length > 0, $"{page} has no list under '## Files'");
            Assert.Equal([], files.Where(file => !File.Exists(Path.Combine(Repository.Root, file))).Select(file => $"{page}: {file}"));
        }
    }

    [Fact]
    public void The_page_about_ops_lists_every_table_of_ops()
    {
        IEnumerable<string> tables = Repository.Files("src", "*.cs").Where(file => Arm("OpType").IsMatch(Repository.Read(file)));
        Assert.Equal(tables.Order(StringComparer.Ordinal), FilesOf(Repository.Read(OpPage)).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void No_table_has_an_arm_for_all_others()
    {
        string[] faults = [.. Repository.Files("src", "*.cs").SelectMany(file => Discards(Repository.Read(file)).Select(name => $"{file}: a switch over {name} has a discard arm"))];
        Assert.Equal([], faults);
    }

    [Fact]
    public void A_type_switch_over_ops_with_an_arm_for_all_others_throws_there() => Assert.Equal(
        [], Repository.Files("src", "*.cs").Where(file => Blocks(Repository.Read(file)).Any(block => OpArms().Count(block) > 1 && Discard().Match(block) is { Success: true } arm && !arm.Value.Contains("throw", StringComparison.Ordinal))));

    [Theory]
    [InlineData("x switch { OpType.Add => 1, OpType.Concat => 2, }", 0)]
    [InlineData("x switch { OpType.Add => 1, _ => 2, }", 1)]
    [InlineData("x switch { (ActivationKind.Relu) or ActivationKind.Relu6 => 1,\n    _ => throw new Exception(), }", 1)]
    [InlineData("x switch { \"a\" => OpType.Add, _ => OpType.Concat }", 0)]
    public void Discard_arms_are_found(string source, int count) => Assert.Equal(count, Discards(source).Count());

    private static IEnumerable<string> FilesOf(string page)
    {
        string[] lines = page.Split('\n');
        return lines.SkipWhile(line => line != "## Files").Skip(1).TakeWhile(line => !line.StartsWith('#')).Select(line => ListItem().Match(line)).Where(match => match.Success).Select(match => match.Groups[1].Value);
    }

    private static IEnumerable<string> Discards(string source) =>
        from block in Blocks(source)
        from name in Closed
        where Arm(name).IsMatch(block) && Discard().IsMatch(block)
        select name;

    /// <summary>The arms of every switch expression, those of switches within them left out.</summary>
    private static IEnumerable<string> Blocks(string source)
    {
        foreach (Match start in SwitchStart().Matches(source))
        {
            int depth = 1;
            var arms = new System.Text.StringBuilder();
            for (int i = start.Index + start.Length; i < source.Length && depth > 0; i++)
            {
                depth += source[i] == '{' ? 1 : source[i] == '}' ? -1 : 0;
                if (depth == 1)
                {
                    arms.Append(source[i]);
                }
            }

            yield return arms.ToString();
        }
    }

    private static Regex Arm(string name) => new($@"\b{name}\.\w+\)?\s*(=>|or\b|when\b)");

    [GeneratedRegex(@"\bswitch\s*\{")]
    private static partial Regex SwitchStart();

    [GeneratedRegex(@"(^|,)\s*_ =>[^,]*")]
    private static partial Regex Discard();

    [GeneratedRegex(@"(^|,)\s*(Conv2d|Linear|BatchNorm|GroupNorm|Add|Multiply|Concat|MaxPool|AveragePool|Flatten|Pad|PadChannels|ChannelSlice|ChannelShuffle|StochasticDepth|Dropout|Softmax)\b[^,]*=>")]
    private static partial Regex OpArms();

    [GeneratedRegex(@"^- `([^`]+)`")]
    private static partial Regex ListItem();
}
