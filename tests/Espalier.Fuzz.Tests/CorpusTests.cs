using System.Runtime.CompilerServices;

namespace Espalier.Fuzz.Tests;

/// <summary>Replays the corpora that the fuzzer grew, the inputs that once failed among them: each parses or ends in the one error, in time and memory.</summary>
public sealed class CorpusTests
{
    private const int FewestInputs = 3;

    public static TheoryData<string> Parsers => [.. Parser.All.Select(parser => parser.Name)];

    [Theory]
    [MemberData(nameof(Parsers))]
    public void Every_input_parses_or_ends_in_the_one_error(string name)
    {
        Parser parser = Parser.All.Single(each => each.Name == name);
        string[] files = [.. Directory.EnumerateFiles(Path.Combine(Corpus(), name)).Order(StringComparer.Ordinal)];
        Assert.True(files.Length >= FewestInputs, $"the corpus of {name} has {files.Length} inputs");
        parser.Fault(File.ReadAllBytes(files[0])); // the first run also compiles

        (string File, string Fault)[] faults = [.. files
            .Select(file => (Path.GetFileName(file), Fault: Slowest(parser, File.ReadAllBytes(file))))
            .Where(input => input.Fault is not null).Select(input => (input.Item1, input.Fault!))];

        Assert.True(faults.Length == 0, string.Join('\n', faults.Select(input => $"{input.File}: {input.Fault}")));
    }

    [Fact]
    public void A_wrong_exception_and_a_slow_input_are_faults()
    {
        Assert.Contains("IndexOutOfRange", new Parser("wrong", bytes => _ = bytes[bytes.Length]).Fault([1]), StringComparison.Ordinal);
        Assert.Contains("took", new Parser("slow", _ => Thread.Sleep(20), MostSeconds: 0.01).Fault([]), StringComparison.Ordinal);
        Assert.Contains("allocated", new Parser("large", _ => GC.KeepAlive(new byte[Parser.MostBytes + 1])).Fault([]), StringComparison.Ordinal);
        Assert.Null(new Parser("refusing", _ => throw new Tensors.EspalierException("bad input")).Fault([]));
    }

    /// <summary>The fault of an input; one of time counts only if it happens again, since the machine may be busy.</summary>
    private static string? Slowest(Parser parser, byte[] bytes) =>
        parser.Fault(bytes) is string fault && (!fault.StartsWith("took", StringComparison.Ordinal) || parser.Fault(bytes) is not null) ? fault : null;

    private static string Corpus([CallerFilePath] string file = "") => Path.Combine(Path.GetDirectoryName(file)!, "../fuzz/corpus");
}
