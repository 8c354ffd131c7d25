namespace Espalier.Cli.Tests.Terminals;

/// <summary>Every verb in pseudo-terminals of several widths and kinds: it works, and everything can be read.</summary>
public sealed class TerminalWidthTests(Workplace files)
{
    private const int Usual = 80;
    private static readonly int[] s_widths = [60, 80, 100, 145, 200];

    public static TheoryData<string> Verbs => VerbCase.Names(_ => true);

    [Theory, MemberData(nameof(Verbs))]
    public async Task Tables_keep_their_key_and_all_words_stay_whole(string verb)
    {
        FullRun.RequireOneOf(3, $"tables {verb}");
        Shell.Require("script");
        VerbCase @case = VerbCase.Of(verb);
        string folder = files.Unused();
        CliRun piped = await Shell.Run(Shell.Program(@case.Arguments(files, folder)));
        Assert.True(piped.Code == ExitCode.Success, piped.Error);
        var expected = new Transcript(piped.Out + piped.Error, folder);
        foreach ((int columns, string environment) in Terminals(verb, @case))
        {
            folder = files.Unused();
            CliRun run = await Shell.RunInTerminal(columns, $"env {environment} {Shell.Program(@case.Arguments(files, folder))}");

            string where = $"{verb} in {columns} columns {environment}:\n{run.Out}";
            Assert.True(run.Code == ExitCode.Success, where);
            RequireNoFault(run.Out);
            var shown = new Transcript(run.Out, folder);
            RequireWholeWords(expected, shown, !@case.HasTimes, where);
            RequireKeys(expected, shown, where);
            Assert.All(shown.Lines, line => Assert.True(line.Length <= columns || Transcript.IsOneWord(line) || Transcript.IsCommand(line), $"{line.Length} columns: {line}\n{where}"));
            Assert.True(environment.Length == 0 || !run.Out.Contains('━', StringComparison.Ordinal), where); // no bar without colours
        }
    }

    [Theory, MemberData(nameof(Verbs))]
    public async Task Help_is_broken_between_words_and_its_examples_are_not_broken(string verb)
    {
        Shell.Require("script");
        string command = Shell.Program([verb.ToLowerInvariant(), "--help"]);
        var expected = new Transcript((await Shell.Run(command)).Out, files.Unused());
        var shown = new Transcript((await Shell.RunInTerminal(60, command)).Out, files.Unused());

        Assert.Equal(expected.Lines.SkipWhile(line => line != "Examples:"), shown.Lines.SkipWhile(line => line != "Examples:"));
        Assert.All(shown.Lines.TakeWhile(line => line != "Examples:"), line => Assert.True(line.Length <= 60, line));
        HashSet<string> broken = Transcript.Words(expected.Lines, withNumbers: true);
        broken.ExceptWith(Transcript.Words(shown.Lines, withNumbers: true));
        Assert.All(broken, word => Assert.True(word.Length > 28, word)); // longer than the column that descriptions have, as a default of many numbers
    }

    /// <summary>All widths and kinds where everything is asked for; otherwise two widths, drawn from a seed, and one kind.</summary>
    private static IEnumerable<(int Columns, string Environment)> Terminals(string verb, VerbCase @case)
    {
        string[] kinds = ["NO_COLOR=1", "TERM=dumb"];
        if (FullRun.IsOn)
        {
            return [.. s_widths.Select(columns => (columns, "")), .. kinds.Select(kind => (Usual, kind))];
        }

        int seed = Environment.TickCount;
        TestContext.Current.TestOutputHelper!.WriteLine($"{verb}: seed {seed}; ESPALIER_FULL=1 tries all widths");
        var random = new Random(seed);
        random.Shuffle(kinds);
        int[] widths = [.. s_widths];
        random.Shuffle(widths);
        return [.. widths.Take(@case.IsSlow ? 1 : 2).Select(columns => (columns, "")), .. kinds.Take(@case.IsSlow ? 0 : 1).Select(kind => (60, kind))];
    }

    private static void RequireNoFault(string text) =>
        Assert.All((string[])["internal error", "Unhandled exception", "   at Espalier", "Task name"], fault => Assert.DoesNotContain(fault, text, StringComparison.Ordinal));

    private static void RequireWholeWords(Transcript expected, Transcript shown, bool withNumbers, string where)
    {
        HashSet<string> words = Transcript.Words(expected.Lines, withNumbers);
        words.ExceptWith(Transcript.Words(shown.Lines, withNumbers));
        words.RemoveWhere(word => word.Trim('─', '└').Length == 0);
        Assert.True(words.Count == 0, $"not to be read: {string.Join(' ', words)} in {where}");
        HashSet<string> cells = Transcript.Words(shown.Tables.SelectMany(table => table), withNumbers);
        cells.ExceptWith(Transcript.Words(expected.Tables.SelectMany(table => table), withNumbers));
        Assert.True(cells.Count == 0, $"pieces of words: {string.Join(' ', cells)} in {where}");
    }

    /// <summary>Each table of the pipe is one or several on the screen, one after the other, and each of those has all of the first column.</summary>
    private static void RequireKeys(Transcript expected, Transcript shown, string where)
    {
        string[][] keys = [.. expected.Tables.Select(Transcript.Key)];
        string[][] seen = [.. shown.Tables.Select(Transcript.Key)];
        int table = 0;
        foreach ((int i, string[] key) in seen.Index())
        {
            table += i > 0 && table + 1 < keys.Length && !key.SequenceEqual(keys[table]) ? 1 : 0;
            Assert.True(key.SequenceEqual(keys[table]), $"first column {string.Join(' ', key)}, not {string.Join(' ', keys[table])}, in {where}");
        }

        Assert.True(table == keys.Length - 1 || keys.Length == 0, where);
    }
}
