using System.Text.Json;
using Microsoft.Playwright;

namespace Espalier.Pages.Tests;

/// <summary>The report as a file in a browser: without errors and requests, at every width, in both colours, and soon there.</summary>
public sealed class ReportTests(BrowserFixture browser)
{
    private const double MostSeconds = 1;

    [Theory]
    [InlineData("one")]
    [InlineData("two")]
    [InlineData("hostile")]
    [InlineData("resnet152")]
    public async Task It_opens_without_an_error_and_requests_nothing(string name)
    {
        string path = SampleReports.Of(name);
        await using OpenPage open = await OpenPage.Open(browser, path);
        Assert.Empty(open.Complaints);
        Assert.Equal([new Uri(path).AbsoluteUri], open.Requests.Where(address => !address.StartsWith("data:", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task It_has_a_section_for_all_that_is_known_and_links_to_each()
    {
        await using OpenPage open = await OpenPage.Open(browser, SampleReports.One);
        string[] sections = ["Ledger", "Pruning", "Graph", "Layers", "Evaluation", "Explanations", "Training", "Input and classes"];
        Assert.Equal(sections, await open.Page.Locator("main h2").AllTextContentsAsync());
        Assert.Equal(sections, await open.Page.Locator("#contents a").AllTextContentsAsync());
        Assert.Equal("flowers", await open.Page.Locator("h1").TextContentAsync());
        Assert.Equal(1, await open.Page.Locator("#ledger .chart svg").CountAsync());
        Assert.Equal(3, await open.Page.Locator("#training .chart svg").CountAsync());
        Assert.True(await open.Page.Locator("#explanations img").EvaluateAsync<bool>("image => image.decode().then(() => image.naturalWidth === 32)"));
        Assert.Equal(100, await open.Page.Locator("#evaluation .matrix tbody td").CountAsync());
    }

    [Fact]
    public async Task What_was_pruned_is_beside_the_ledger_with_zeros_blocks_and_channels()
    {
        await using OpenPage open = await OpenPage.Open(browser, SampleReports.Two);
        Assert.Equal(["Layer", "Channels, flowers", "Channels, narrow", "Weights, flowers", "Weights, narrow", "Zeros, flowers", "In blocks, flowers", "Zeros, narrow", "In blocks, narrow"], await open.Page.Locator("#pruning thead th").AllTextContentsAsync());
        Assert.Matches("narrow: (59\\.[0-9]%) of [0-9,]+ weights of layers are zero, [0-9.]+% in 1x4 blocks of zeros, \\1 masked; steps of the ledger removed [0-9,]+ channels", (await open.Page.Locator("#pruning .lead").TextContentAsync())!);
        string[] layer = [.. await open.Page.Locator("#pruning tbody tr", new() { HasText = "layer3.1.conv1" }).Locator("th, td").AllTextContentsAsync()];
        Assert.Equal(("64", "0.0%", "60.0%"), (layer[1], layer[5], layer[7]));
        Assert.InRange(int.Parse(layer[2], System.Globalization.CultureInfo.InvariantCulture), 1, 63);
        await open.Page.Locator("#pruning").ScreenshotAsync(new() { Path = Path.Combine(Pictures.Repository(), "artifacts", "pages", "report-pruning.png") });

        await using OpenPage plain = await OpenPage.Open(browser, SampleReports.Network("resnet152"));
        Assert.Equal(0, await plain.Page.Locator("#pruning").CountAsync());
    }

    [Fact]
    public async Task Names_labels_and_settings_stay_text()
    {
        await using OpenPage open = await OpenPage.Open(browser, SampleReports.WithHostileText);
        Assert.Equal(SampleReports.Hostile, await open.Page.Locator("h1").TextContentAsync());
        Assert.Equal(1, await open.Page.Locator("img").CountAsync()); // the explanation's
        Assert.Equal(0, await open.Page.Locator("b").CountAsync());
        Assert.Equal($"{SampleReports.Hostile}9", await open.Page.Locator(".labels li").Last.TextContentAsync());
        Assert.Contains(SampleReports.Hostile, await open.Page.Locator("#ledger table").TextContentAsync(), StringComparison.Ordinal);
        Assert.Empty(open.Complaints);
    }

    [Theory]
    [InlineData(390)]
    [InlineData(768)]
    [InlineData(1280)]
    [InlineData(1600)]
    public async Task It_fits_the_width(int width)
    {
        foreach (string name in (string[])["one", "two", "hostile", "resnet152"])
        {
            await using OpenPage open = await OpenPage.Open(browser, SampleReports.Of(name), width);
            Assert.Equal(width, await open.Page.EvaluateAsync<int>("() => document.documentElement.scrollWidth"));
            await Pictures.Take(open.Page, $"report-{name}-{width}");
        }
    }

    [Fact]
    public async Task It_is_dark_where_the_system_is_and_as_the_button_says()
    {
        await using OpenPage open = await OpenPage.Open(browser, SampleReports.One, scheme: ColorScheme.Dark);
        Assert.True(await Brightness() < 0.2);
        Assert.Contains("Light", await open.Page.Locator("#theme").TextContentAsync(), StringComparison.Ordinal);
        await Pictures.Take(open.Page, "report-one-dark");

        await open.Page.Locator("#theme").ClickAsync();
        Assert.True(await Brightness() > 0.8);
        await open.Page.ReloadAsync();
        Assert.True(await Brightness() > 0.8);

        Task<double> Brightness() => open.Page.EvaluateAsync<double>("() => getComputedStyle(document.body).backgroundColor.match(/[\\d.]+/g).slice(0, 3).reduce((sum, value) => sum + value / 765, 0)");
    }

    [Fact]
    public async Task It_prints_all_rows_and_no_controls()
    {
        await using OpenPage open = await OpenPage.Open(browser, SampleReports.One);
        await open.Page.EmulateMediaAsync(new() { Media = Media.Print, ColorScheme = ColorScheme.Dark });
        Assert.False(await open.Page.Locator(".tools").IsVisibleAsync());
        Assert.False(await open.Page.Locator("#contents").IsVisibleAsync());
        Assert.True(await open.Page.Locator("#layers .scroll").Last.EvaluateAsync<bool>("frame => frame.scrollHeight <= frame.clientHeight + 1"));
        byte[] pdf = await open.Page.PdfAsync(new() { Format = "A4" });
        Assert.True(pdf.AsSpan().StartsWith("%PDF"u8));
        Pictures.Keep("report-one.pdf", pdf);
    }

    /// <summary>Measured in processor time of the page's process, from its start to the last table, since other programs run on the machine; the page's own clock is in the output.</summary>
    [Fact]
    public async Task The_largest_network_can_be_used_within_a_second()
    {
        string path = SampleReports.Network("resnet152");
        await using IBrowserContext context = await browser.Browser.NewContextAsync(new() { ViewportSize = new() { Width = 1280, Height = 900 } });
        IPage page = await context.NewPageAsync();
        ICDPSession session = await context.NewCDPSessionAsync(page);
        await session.SendAsync("Performance.enable", new() { ["timeDomain"] = "threadTicks" });
        await page.GotoAsync(new Uri(path).AbsoluteUri);
        await page.WaitForFunctionAsync("() => document.documentElement.dataset.complete");
        JsonElement metrics = (await session.SendAsync("Performance.getMetrics"))!.Value.GetProperty("metrics");
        double seconds = metrics.EnumerateArray().Single(metric => metric.GetProperty("name").GetString() == "ProcessTime").GetProperty("value").GetDouble();
        Assert.InRange(seconds, 0.01, MostSeconds);
        TestContext.Current.TestOutputHelper?.WriteLine($"{seconds} s of processor time; usable after {await page.EvaluateAsync<string>("() => document.documentElement.dataset.ready")} ms");
    }
}
