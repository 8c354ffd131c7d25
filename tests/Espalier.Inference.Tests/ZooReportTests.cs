using System.Globalization;
using System.Text;
using Espalier.Graphs;
using Espalier.Models;
using Espalier.Testing;

namespace Espalier.Inference.Tests;

/// <summary>Writes docs/results/zoo.md: every network of the oracle with its size and its difference to PyTorch.</summary>
public class ZooReportTests
{
    private const string Variable = "ESPALIER_ZOO_REPORT";

    [Fact]
    public void The_report_is_written_where_it_is_asked_for()
    {
        string? path = Environment.GetEnvironmentVariable(Variable);
        Assert.SkipWhen(string.IsNullOrEmpty(path), $"{Variable} names no file");
        Dictionary<string, OracleLogits> logits = OracleLogits.All.ToDictionary(each => each.Name);
        var page = new StringBuilder($"""
            # The zoo beside PyTorch

            Written by `{Variable}=$PWD/docs/results/zoo.md dotnet test -c Release tests/Espalier.Inference.Tests --filter FullyQualifiedName~ZooReport`.

            Parameters and multiply-accumulates of one image, equal to those that PyTorch 1.13 and torchvision 0.14 count, and the greatest difference of the CPU runtime's logits (float32) to PyTorch's (float64) relative to the greatest logit,
            for parameters and an image from a formula ([tests/oracle](../../tests/oracle/README.md)). Networks above some 60 million parameters are compared by names, shapes and counts alone. `__aux` has its auxiliary classifiers as outputs.

            | network | family | input | parameters | MACs | greatest difference |
            |---|---|---|---:|---:|---:|

            """);
        foreach ((string name, string input) in Networks())
        {
            NetworkSummary summary = OracleNetworks.Create(name, OracleNetworks.Shape(input)).Summarize();
            string difference = logits.TryGetValue(name, out OracleLogits? each) ? each.Difference().ToString("0.0e+0", CultureInfo.InvariantCulture) : "–";
            page.AppendLine(CultureInfo.InvariantCulture, $"| {name} | {Zoo.Find(name.Replace("__", "_", StringComparison.Ordinal)).Family} | {input} | {summary.Parameters:N0} | {summary.MultiplyAccumulates:N0} | {difference} |");
        }

        File.WriteAllText(path!, page.ToString().ReplaceLineEndings("\n"));
    }

    // The networks as torchvision or their papers have them; the other variants are options, which only tests need.
    private static IEnumerable<(string Name, string Input)> Networks() => Table.Rows(OracleFiles.Path("zoo_counts.tsv"))
        .Where(row => !row[0].Contains("__", StringComparison.Ordinal) || row[0].EndsWith("__aux", StringComparison.Ordinal))
        .Select(row => (row[0], row[1])).Distinct();
}
