using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;

namespace Espalier.Onnx.Tests;

/// <summary>Writes and checks docs/results/zoo.md: every network with its size and its differences to PyTorch and ONNX Runtime.</summary>
public class ZooReportTests
{
    private const string Missing = "missing";

    [Fact]
    public void The_report_is_written_where_it_is_asked_for()
    {
        string? path = Environment.GetEnvironmentVariable(ReportPage.Variable);
        Assert.SkipWhen(string.IsNullOrEmpty(path), $"{ReportPage.Variable} names no file");
        var page = new ReportPage(path!);
        IReadOnlyList<ReportedNetwork> all = ReportedNetwork.All();
        Dictionary<string, ReportRow> rows = Kept(page, all);
        foreach (ReportedNetwork network in all.Where(network => !rows.ContainsKey(network.Name)).OrderBy(network => network.Size().MultiplyAccumulates))
        {
            if (!IsLeftOut(network.Name))
            {
                rows[network.Name] = network.Measure();
                page.Write(all.Select(each => each.Name), rows);
            }
        }

        Assert.All(rows.Values, IsClose);
    }

    [Fact]
    public void The_page_has_every_network_with_its_size()
    {
        Dictionary<string, ReportRow> rows = new ReportPage(Path.GetFullPath(Path.Combine(Folder(), "../../../docs/results/zoo.md"))).Read();
        Dictionary<string, ReportedNetwork> known = ReportedNetwork.OfZooAndOracle().ToDictionary(network => network.Name);
        Assert.Equal([], known.Keys.Except(rows.Keys));
        Assert.All(rows.Values, row =>
        {
            ReportRow size = (known.TryGetValue(row.Name, out ReportedNetwork? network) ? network : ReportedNetwork.OfZoo(row.Name, null)).Size();
            Assert.Equal(size, row with { PyTorch = null, OnnxRuntime = null });
            Assert.True(row.PyTorch is not null || network is { LogitsPath: null }, $"{row.Name}: PyTorch's logits are there, and the page has no difference to them");
            IsClose(row);
        });
    }

    [Fact]
    public void A_row_is_read_as_it_was_written()
    {
        ReportRow row = new("resnet50", "ResNet", "3x224x224", 25_557_032, 4_089_184_256, null, 5.1e-7);
        Assert.Equal("| resnet50 | ResNet | 3x224x224 | 25,557,032 | 4,089,184,256 | – | 5.1e-7 |", row.ToString());
        Assert.Equal(row, ReportRow.Parse(row.ToString()));
        Assert.Null(ReportRow.Parse("| network | family | input | parameters | MACs | PyTorch | ONNX Runtime |"));
    }

    // Rows of networks that are measured again or are gone are not kept.
    private static Dictionary<string, ReportRow> Kept(ReportPage page, IReadOnlyList<ReportedNetwork> all)
    {
        string? choice = Environment.GetEnvironmentVariable(ReportPage.Choice);
        Dictionary<string, ReportRow> rows = string.IsNullOrEmpty(choice) ? [] : page.Read();
        if (rows.Count > 0)
        {
            page.RequireSameConditions();
        }

        HashSet<string> names = [.. all.Select(network => network.Name)];
        return rows.Where(row => names.Contains(row.Key) && (choice == Missing || IsLeftOut(row.Key))).ToDictionary();
    }

    private static bool IsLeftOut(string name) =>
        Environment.GetEnvironmentVariable(ReportPage.Choice) is { Length: > 0 } choice && choice != Missing && !Regex.IsMatch(name, choice);

    private static void IsClose(ReportRow row)
    {
        Assert.InRange(row.PyTorch ?? 0, 0, ExportCheck.Tolerance);
        Assert.True(row.OnnxRuntime is not null || row.Parameters > ReportedNetwork.MostParameters, $"{row.Name}: the page has no difference to ONNX Runtime");
        Assert.InRange(row.OnnxRuntime ?? 0, 0, ExportCheck.Tolerance);
    }

    private static string Folder([CallerFilePath] string file = "") => Path.GetDirectoryName(file)!;
}
