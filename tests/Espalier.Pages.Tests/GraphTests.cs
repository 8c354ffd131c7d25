using Microsoft.Playwright;

namespace Espalier.Pages.Tests;

/// <summary>The graph of a report: folding, keys, search, zoom, and a layout in which nothing lies on anything else.</summary>
public sealed class GraphTests(BrowserFixture browser)
{
    // Boxes that overlap, and ends of lines that are not at the edge of a box or frame.
    private const string Faults = """
        () => [...document.querySelectorAll('.graph')].flatMap(graph => {
            const place = box => { const [x, y] = box.getAttribute('transform').match(/-?[\d.]+/g).map(Number), body = box.querySelector('.body'); return { id: box.dataset.id, x, y, right: x + Number(body.getAttribute('width')), bottom: y + Number(body.getAttribute('height')) }; };
            const boxes = [...graph.querySelectorAll('.box')].map(place);
            const frames = [...graph.querySelectorAll('.frame')].map(frame => ['x', 'y', 'width', 'height'].map(name => Number(frame.getAttribute(name)))).map(([x, y, width, height]) => ({ x, y, right: x + width, bottom: y + height }));
            const faults = [];
            boxes.forEach((a, i) => boxes.slice(i + 1).forEach(b => { if (a.x < b.right - 0.2 && b.x < a.right - 0.2 && a.y < b.bottom - 0.2 && b.y < a.bottom - 0.2) faults.push(`${a.id} and ${b.id} overlap`); }));
            const edges = [...boxes, ...frames];
            const touches = ([x, y], side) => edges.some(edge => edge.x - 0.2 <= x && x <= edge.right + 0.2 && Math.abs(edge[side] - y) < 0.2);
            const lines = graph.querySelector('.edges').getAttribute('d').split('M').slice(1).map(line => line.match(/-?[\d.]+/g).map(Number));
            lines.forEach(line => {
                const [start, end] = [line.slice(0, 2), line.slice(-2)];
                if (!touches(start, 'bottom') && !touches(start, 'y')) faults.push(`a line begins at ${start}`);
                if (!touches(end, 'y') && !touches(end, 'bottom')) faults.push(`a line ends at ${end}`);
                if (end[1] < start[1]) faults.push(`a line leads upwards from ${start} to ${end}`);
            });
            return lines.length < boxes.length - frames.length - 1 ? [...faults, `${lines.length} lines for ${boxes.length} boxes`] : faults;
        })
        """;

    [Fact]
    public async Task Groups_unfold_and_fold_by_click_and_by_key()
    {
        await using OpenPage open = await OpenPage.Open(browser, SampleReports.Network("resnet50"));
        Assert.Equal(["=input", "=conv1", "=bn1", "=relu", "=maxpool", "layer1", "layer2", "layer3", "layer4", "=avgpool", "=flatten", "=fc"], await Ids(open));
        await open.Box("layer1").ClickAsync();
        Assert.Equal("true", await open.Box("layer1").GetAttributeAsync("aria-expanded"));
        Assert.Equal(15, await open.Page.Locator(".box").CountAsync());

        await open.Page.Keyboard.PressAsync("ArrowDown");
        Assert.Equal("layer1.0", await Focused(open));
        await open.Page.Keyboard.PressAsync("Enter");
        await open.Page.Keyboard.PressAsync("ArrowDown");
        await open.Page.Keyboard.PressAsync("ArrowDown");
        Assert.Equal(13, await open.Page.Locator(".box[data-id^=\"=layer1.0.\"], .box[data-id=\"layer1.0.downsample\"], .box[data-id=\"layer1.0\"]").CountAsync() + 1);
        await open.Page.Keyboard.PressAsync("ArrowLeft");
        Assert.Equal("layer1.0", await Focused(open));
        await open.Page.Keyboard.PressAsync("ArrowLeft");
        await open.Page.Keyboard.PressAsync("ArrowLeft");
        Assert.Equal("layer1", await Focused(open));
        await open.Page.Keyboard.PressAsync("ArrowLeft");
        Assert.Equal(12, await open.Page.Locator(".box").CountAsync());
        Assert.Equal("layer1", await Focused(open));
    }

    [Fact]
    public async Task The_tabulator_reaches_the_graph_once()
    {
        await using OpenPage open = await OpenPage.Open(browser, SampleReports.Network("resnet50"));
        Assert.Equal(1, await open.Page.Locator(".box[tabindex=\"0\"]").CountAsync());
        await open.Page.GetByRole(AriaRole.Button, new() { Name = "Fold all", Exact = true }).FocusAsync();
        for (int i = 0; i < 3 && await Focused(open) is null; i++)
        {
            await open.Page.Keyboard.PressAsync("Tab");
        }

        Assert.Equal("=input", await Focused(open));
        await open.Page.Keyboard.PressAsync("End");
        Assert.Equal("=fc", await Focused(open));
    }

    [Fact]
    public async Task A_search_unfolds_what_it_finds()
    {
        await using OpenPage open = await OpenPage.Open(browser, SampleReports.Network("resnet50"));
        ILocator field = open.Page.GetByLabel("Find");
        await field.FillAsync("layer3.2.conv");
        Assert.Equal("1 of 3", await open.Page.Locator(".count").TextContentAsync());
        Assert.Contains("selected", await open.Box("=layer3.2.conv1").GetAttributeAsync("class"), StringComparison.Ordinal);
        await field.PressAsync("Enter");
        Assert.Contains("selected", await open.Box("=layer3.2.conv2").GetAttributeAsync("class"), StringComparison.Ordinal);
        await field.PressAsync("Shift+Enter");
        Assert.Contains("layer3.2.conv1", await open.Page.Locator(".details h3").TextContentAsync(), StringComparison.Ordinal);
        Assert.True(await open.Box("=layer3.2.conv1").EvaluateAsync<bool>("box => { const [a, b] = [box.getBoundingClientRect(), box.closest('.viewport').getBoundingClientRect()]; return a.top >= b.top && a.bottom <= b.bottom; }"));
        await field.FillAsync("no such layer");
        Assert.Equal("nothing found", await open.Page.Locator(".count").TextContentAsync());
    }

    [Fact]
    public async Task A_selected_layer_has_its_figures()
    {
        await using OpenPage open = await OpenPage.Open(browser, SampleReports.One);
        await open.Box("=conv1").ClickAsync();
        string text = (await open.Page.Locator(".details").InnerTextAsync()).ReplaceLineEndings(" ");
        Assert.All((string[])["conv2d(3→16, 3x3, padding 1)", "16×32×32", "432", "442,368", "Receptive field 3×3", "Read by bn1", "32 bits each"], part => Assert.Contains(part, text, StringComparison.Ordinal));
        Assert.Contains(" ms", text, StringComparison.Ordinal);
        await open.Box("=bn1").ClickAsync();
        Assert.Contains("Computed in conv1", (await open.Page.Locator(".details").InnerTextAsync()).ReplaceLineEndings(" "), StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_is_zoomed_by_buttons_keys_and_wheel()
    {
        await using OpenPage open = await OpenPage.Open(browser, SampleReports.Network("resnet50"));
        double start = await Width();
        await open.Page.GetByRole(AriaRole.Button, new() { Name = "Zoom in" }).ClickAsync();
        Assert.Equal(1.25 * start, await Width(), 2.0);
        await open.Page.GetByRole(AriaRole.Button, new() { Name = "Fit the width" }).ClickAsync();
        Assert.Equal(start, await Width(), 2.0);
        await open.Box("=conv1").ClickAsync();
        await open.Page.Keyboard.PressAsync("-");
        Assert.Equal(0.8 * start, await Width(), 2.0);
        await open.Page.Keyboard.PressAsync("0");
        await open.Page.Keyboard.DownAsync("Control");
        await open.Page.Mouse.WheelAsync(0, -300);
        await open.Page.Keyboard.UpAsync("Control");
        await open.Page.WaitForFunctionAsync($"() => document.querySelector('.graph').getBoundingClientRect().width > {(int)(1.5 * start)}");
        Assert.Equal(1, await open.Page.EvaluateAsync<double>("() => visualViewport.scale"));

        Task<double> Width() => open.Page.Locator(".graph").EvaluateAsync<double>("graph => graph.getBoundingClientRect().width");
    }

    [Fact]
    public async Task Two_graphs_unfold_together_and_show_their_differences()
    {
        await using OpenPage open = await OpenPage.Open(browser, SampleReports.Two, 1600);
        await open.Box("layer1").ClickAsync();
        Assert.Equal("true", await open.Box("layer1", 1).GetAttributeAsync("aria-expanded"));
        await open.Box("layer1.0", 1).ClickAsync();
        Assert.Contains("differs changed", await open.Box("=layer1.0.conv1").GetAttributeAsync("class"), StringComparison.Ordinal);
        Assert.NotEqual(await open.Box("=layer1.0.conv1").Locator(".badge").TextContentAsync(), await open.Box("=layer1.0.conv1", 1).Locator(".badge").TextContentAsync());
        await Pictures.Take(open.Page, "report-two-unfolded");
        Assert.Empty(open.Complaints);
    }

    [Theory]
    [InlineData("resnet50")]
    [InlineData("densenet121")]
    [InlineData("inception_v3")]
    [InlineData("googlenet_aux")]
    [InlineData("efficientnet_b0")]
    [InlineData("shufflenet_v2_x1_0")]
    [InlineData("squeezenet1_1")]
    [InlineData("convnext_tiny")]
    [InlineData("res2net50_26w_4s")]
    [InlineData("resnest14d")]
    [InlineData("skresnet18")]
    [InlineData("mobilenet_v3_small")]
    [InlineData("cifar_densenet100_12")]
    public async Task Nothing_overlaps_and_every_line_has_its_ends_folded_and_unfolded(string network)
    {
        await using OpenPage open = await OpenPage.Open(browser, SampleReports.Network(network));
        Assert.Empty(await open.Page.EvaluateAsync<string[]>(Faults));
        await open.Page.GetByRole(AriaRole.Button, new() { Name = "Unfold all" }).ClickAsync();
        Assert.Empty(await open.Page.EvaluateAsync<string[]>(Faults));
        int nodes = await open.Page.EvaluateAsync<int>("() => JSON.parse(document.getElementById('data').textContent).models[0].nodes.length");
        Assert.Equal(nodes, await open.Page.Locator(".box.op").CountAsync());
        Pictures.Keep($"graph-{network}.png", await open.Page.Locator(".viewport").ScreenshotAsync());
        Assert.Empty(open.Complaints);
    }

    private static async Task<string[]> Ids(OpenPage open) => await open.Page.Locator(".box").EvaluateAllAsync<string[]>("boxes => boxes.map(box => box.dataset.id)");

    private static Task<string?> Focused(OpenPage open) => open.Page.EvaluateAsync<string?>("() => document.activeElement.closest('.box')?.dataset.id ?? null");
}
