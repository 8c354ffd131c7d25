using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Espalier.Graphs;
using Espalier.Models;
using Espalier.Tensors;

namespace Espalier.Tests.Reporting;

/// <summary>The page as a file: nothing outside it, and nothing in it that the data could become but text.</summary>
public sealed partial class ReportPageTests
{
    private const int MostBytes = 3_000_000;

    [Fact]
    public void A_report_of_the_largest_network_is_small() => Assert.InRange(ReportedData.Page(Zoo.Create("resnet152").Initialize(0)).Length, 100_000, MostBytes);

    [Fact]
    public void It_has_no_address_but_names_of_namespaces()
    {
        string page = ReportedData.Page(ReportedData.WithLedger(), new ModelReportOptions { Training = ReportedData.History });
        Assert.Equal(["http://www.w3.org/2000/svg"], Address().Matches(page).Select(match => match.Value).Distinct());
        Assert.DoesNotContain("@import", page, StringComparison.Ordinal);
        Assert.All(Reference().Matches(page), match => Assert.True(match.Groups[1].Value.StartsWith('#') || match.Groups[1].Value.StartsWith("data:", StringComparison.Ordinal) || match.Groups[1].Value.StartsWith('$'), match.Value));
    }

    [Fact]
    public void Its_policy_allows_its_own_script_and_style_alone()
    {
        string page = ReportedData.Page(TinyData.Model());
        string policy = Policy().Match(page).Groups[1].Value;
        string Digest(string begin, string end) => $"'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(page[(page.IndexOf(begin, StringComparison.Ordinal) + begin.Length)..page.LastIndexOf(end, StringComparison.Ordinal)])))}'";
        Assert.Equal($"default-src 'none'; img-src data:; style-src {Digest("<style>", "</style>")}; script-src {Digest("<script type=\"module\">", "</script>")}; base-uri 'none'; form-action 'none'", policy);
        Assert.DoesNotContain(" style=\"", page, StringComparison.Ordinal);
    }

    [Fact]
    public void Names_labels_and_settings_stay_text()
    {
        Model model = ReportedData.WithLedger();
        Model hostile = model.With(model.Metadata with { Architecture = ReportedData.Hostile, Labels = [.. Enumerable.Range(0, 10).Select(i => $"{ReportedData.Hostile}{i}")] });
        string page = ReportedData.Page(hostile, new ModelReportOptions { Explanations = [new ReportExplanation(ReportedData.Hostile)] });
        string plain = ReportedData.Page(TinyData.Model());

        Assert.DoesNotContain("<img src=x", page, StringComparison.Ordinal);
        Assert.Equal(Tag().Count(plain), Tag().Count(page));
        Assert.Equal(ReportedData.Hostile, ReportedData.Of(page).GetProperty("models")[0].GetProperty("name").GetString());
        Assert.Equal($"{ReportedData.Hostile}9", ReportedData.Of(page).GetProperty("models")[0].GetProperty("labels")[9].GetString());
        Assert.Contains($"<title>{System.Net.WebUtility.HtmlEncode(ReportedData.Hostile)}</title>", page, StringComparison.Ordinal);
    }

    [Fact]
    public void It_is_the_same_bytes_each_time() => Assert.Equal(ReportedData.Page(TinyData.Model()), ReportedData.Page(TinyData.Model()));

    [Fact]
    public void A_file_is_written_whole_or_not_at_all()
    {
        using var folder = new TemporaryFolder();
        TinyData.Model().WriteReport(folder.File("r.html"), cancellation: TestContext.Current.CancellationToken);
        Assert.Equal(ReportedData.Page(TinyData.Model()), File.ReadAllText(folder.File("r.html")));
        Assert.Throws<EspalierException>(() => TinyData.Model().WriteReport(Path.Combine(folder.Path, "missing", "r.html"), cancellation: TestContext.Current.CancellationToken));
        Assert.Equal(["r.html"], folder.Files);
    }

    [Fact]
    public void Data_that_could_end_its_element_is_refused() => Assert.Throws<ArgumentException>(() => ReportPage.Render("title", "{\"a\":\"</script>\"}"u8));

    [Fact]
    public void The_files_of_the_page_name_each_other_only()
    {
        string[] named = [.. PageFiles.Names.SelectMany(file => FileName().Matches(PageFiles.Read(file)).Select(match => match.Groups[1].Value)).Distinct().Append("report.html").Order(StringComparer.Ordinal)];
        Assert.Equal(PageFiles.Names, named);
        Assert.Throws<ArgumentException>(() => PageFiles.Read("other.js"));
    }

    [GeneratedRegex("https?://[^\\s\"'\\\\)]*")]
    private static partial Regex Address();

    [GeneratedRegex("(?:href|src)=\"([^\"]*)\"|url\\([^)]*\\)")]
    private static partial Regex Reference();

    [GeneratedRegex("http-equiv=\"Content-Security-Policy\" content=\"([^\"]*)\"")]
    private static partial Regex Policy();

    [GeneratedRegex("<[a-z!/]")]
    private static partial Regex Tag();

    [GeneratedRegex("(?:from '\\./|href=\"|src=\")([\\w-]+\\.(?:js|css))['\"]")]
    private static partial Regex FileName();
}
