using Espalier.Bench.Measuring;
using Espalier.Bench.Peers;
using Espalier.Bench.Workers;

namespace Espalier.Bench.Tests;

public sealed class ReportTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("espalier-bench");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void The_tables_have_times_for_an_image_ratios_and_the_share_of_the_peak()
    {
        string text = MarkdownReport.Write(Report(others: 0.05, Row()));
        // 40.55 million multiply-accumulates, 4 images in 8 ms: 2 * 40.55e6 * 4 / 8e-3 = 40.55 GFLOPS of 81.1
        Assert.Contains("| cifar_resnet20 | 3x32x32 | 0% | 1 | 4 | 2.00 | 3.00 | **1.50** (1.50–1.50) 1.50 | 40.6 | 50% |", text, StringComparison.Ordinal);
        Assert.Contains("| cifar_resnet20 | 3x32x32 | 0% | 1 | 4 | 90 (50) | 180 (100) | 60 | 120 |", text, StringComparison.Ordinal);
        Assert.DoesNotContain("not to be relied on", text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_busy_machine_is_told_of() =>
        Assert.Contains("not to be relied on", MarkdownReport.Write(Report(others: 0.6, Row())), StringComparison.Ordinal);

    [Fact]
    public void What_could_not_be_measured_is_told_with_its_reason() =>
        Assert.Contains("- vgg16: no weights", MarkdownReport.Write(Report(others: 0) with { Failures = ["vgg16: no weights"] }), StringComparison.Ordinal);

    [Fact]
    public void Sections_have_headings_and_a_contestant_that_took_no_part_has_a_dash()
    {
        ContestResult both = Row();
        ContestResult alone = both with { Contest = both.Contest with { Section = "Depth" }, Contestants = [both.Espalier with { Starts = [] }] };

        string text = MarkdownReport.Write(Report(others: 0.05, both, alone));

        Assert.Contains("\n### Depth\n\n| network |", text, StringComparison.Ordinal);
        Assert.Contains("| cifar_resnet20 | 3x32x32 | 0% | 1 | 4 | 2.00 | – | – | 40.6 | 50% |", text, StringComparison.Ordinal);
        Assert.Single(text.Split('\n'), line => line.Contains("90 (50)", StringComparison.Ordinal)); // fresh processes were started for one row
        string[] lines = CsvReport.Write([both, alone]).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.All(lines, line => Assert.Equal(lines[0].Count(letter => letter == ','), line.Count(letter => letter == ',')));
    }

    [Fact]
    public void Only_a_networks_first_row_starts_fresh_processes()
    {
        var options = new PeersOptions { Models = ["a", "b"], Batches = [1, 8], Threads = [1, 2] };
        PeersRow[] rows = [.. PeersRow.All(options)];

        Assert.Equal(8, rows.Length);
        Assert.Equal(["a, 1 thread, batch 1", "b, 1 thread, batch 1"], rows.Where(row => row.IsFirst).Select(row => row.ToString()));
    }

    [Fact]
    public void An_8_bit_network_is_called_so_and_stands_beside_the_peak_of_products_of_bytes()
    {
        PeersRow row = Assert.Single(PeersRow.All(new PeersOptions { Models = ["a"], Precisions = [PeersOptions.Int8], Batches = [1], Threads = [1] }));
        Assert.True(row.IsQuantized);
        Assert.Equal("a in 8 bits, 1 thread, batch 1", row.ToString());

        ContestResult float32 = Row();
        string file = Path.Combine(_folder.FullName, ExportedModel.DescriptionFile);
        File.WriteAllText(file, File.ReadAllText(file).Replace("\"images\"", "\"quantum\": 0.1, \"images\"", StringComparison.Ordinal));
        ContestResult result = float32 with { Contest = new Contest(ExportedModel.Open(_folder.FullName), 4, 1) };
        string text = MarkdownReport.Write(Report(others: 0.05, result));
        Assert.Contains("| GOPS | of peak |", text, StringComparison.Ordinal);
        Assert.DoesNotContain("of FMA peak", text, StringComparison.Ordinal);
        Assert.All(CsvReport.Write([result]).Split('\n', StringSplitOptions.RemoveEmptyEntries)[1..], line => Assert.EndsWith(",int8", line, StringComparison.Ordinal));
    }

    [Fact]
    public void Every_line_of_the_csv_has_as_many_cells_as_its_header()
    {
        string[] lines = CsvReport.Write([Row()]).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(3, lines.Length);
        Assert.All(lines, line => Assert.Equal(lines[0].Count(letter => letter == ','), line.Count(letter => letter == ',')));
        Assert.StartsWith("cifar_resnet20,3x32x32,0,1,4,peer,3,3,3,3,3,1.5,", lines[2], StringComparison.Ordinal);
    }

    [Fact]
    public void The_processor_names_the_file() => Assert.Equal("amd-epyc-family-26-model-2", Report(0).Machine.Slug);

    [Fact]
    public void Lists_of_processors_have_ranges() => Assert.Equal([0, 1, 2, 3, 8], Affinity.Parse("0-3,8"));

    private static PeersReport Report(double others, params ContestResult[] rows) =>
        new("Espalier beside its peers", new Machine("AMD EPYC (family 26, model 2)", [("memory", "1 GiB")], others), DateTimeOffset.UnixEpoch, "peers", "In turns.", rows, []);

    private ContestResult Row()
    {
        File.WriteAllText(Path.Combine(_folder.FullName, "model.json"), """
            {"name": "cifar_resnet20", "weights": "formula", "zeros": 0, "images": 8, "input": [3, 32, 32], "outputs": 10, "batches": [4]}
            """);
        var contest = new Contest(ExportedModel.Open(_folder.FullName), 4, 1);
        return new ContestResult(contest, [0], 1e-6, 2e-6 * contest.MultiplyAccumulates, [
            new("Espalier", "1", [[8, 8], [8, 8]], [new FreshStart(50, 90, 60_000_000)]),
            new("peer", "2", [[12, 12], [12, 12]], [new FreshStart(100, 180, 120_000_000)]),
        ]);
    }
}
