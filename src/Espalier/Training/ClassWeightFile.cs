using System.Globalization;
using Espalier.Tensors;

namespace Espalier;

/// <summary>Reads class weights from a text file.</summary>
internal static class ClassWeightFile
{
    private const long Largest = 1 << 24; // bytes: far more than any number of classes needs
    private const int LongestQuote = 60; // characters of an invalid line in a message

    internal static ClassWeights Read(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        string[] lines = FileErrors.Read(path, () => new FileInfo(path).Length <= Largest
            ? File.ReadAllLines(path)
            : throw new EspalierException($"{path}: a list of class weights of more than {Largest} bytes"));
        (int Number, string Line)[] filled = [.. lines.Select((line, i) => (i + 1, line.Trim())).Where(each => each.Item2.Length > 0)];
        bool named = filled.Length > 0 && Weight(filled[0].Line) is null;
        try
        {
            return named
                ? ClassWeights.ByName(filled.Select(each => Named(path, each.Number, each.Line)))
                : ClassWeights.InOrder(filled.Select(each => Weight(each.Line) ?? throw Wrong(path, each.Number, each.Line, "a number, as in the first line")));
        }
        catch (EspalierException error) when (!error.Message.StartsWith(path, StringComparison.Ordinal))
        {
            throw new EspalierException($"{path}: {error.Message}", error);
        }
    }

    /// <summary>The number that a text is, or <see langword="null"/>.</summary>
    internal static double? Weight(string text) => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) ? value : null;

    /// <summary>The weight follows the last tab, or the last comma of a line without tabs, because names of classes contain commas.</summary>
    private static KeyValuePair<string, double> Named(string path, int number, string line)
    {
        int separator = line.LastIndexOf('\t') is >= 0 and var tab ? tab : line.LastIndexOf(',');
        return separator > 0 && Weight(line[(separator + 1)..]) is double weight
            ? KeyValuePair.Create(line[..separator].Trim(), weight)
            : throw Wrong(path, number, line, "the name of a class, a tab or comma, and its weight, such as 'cat,2.5'");
    }

    private static EspalierException Wrong(string path, int number, string line, string expected) =>
        new($"{path} line {number}: expected {expected}; found '{(line.Length > LongestQuote ? line[..LongestQuote] + "…" : line)}'");
}
