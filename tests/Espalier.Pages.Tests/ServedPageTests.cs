using System.Globalization;
using Espalier.Graphs;
using Espalier.Imaging;
using Microsoft.Playwright;

namespace Espalier.Pages.Tests;

/// <summary>The page of a server: photos come in, and what is shown is what the library computes.</summary>
public sealed class ServedPageTests(BrowserFixture browser)
{
    private const string Node = "layer2.0.relu1";

    [Fact]
    public async Task Dropped_photos_get_the_classifiers_answers()
    {
        await using ServedPage served = await ServedPage.Open(browser);
        using var classifier = new ImageClassifier(ServedPage.Model);
        await served.Drop([.. Enumerable.Range(1, 3).Select(seed => ($"photo{seed}.png", ServedPage.Photo(seed)))]);
        await served.Settled();
        Assert.Equal(3, await served.Page.Locator(".strip li").CountAsync());
        for (int seed = 1; seed <= 3; seed++)
        {
            await served.Page.GetByTitle($"photo{seed}.png").ClickAsync();
            await served.Page.Locator(".answer").First.WaitForAsync();
            Prediction[] expected = classifier.Classify(ServedPage.Photo(seed), 8);
            Assert.Equal(expected.Select(each => each.Label), await served.Page.Locator(".answer .name").AllTextContentsAsync());
            Assert.Equal(expected.Select(each => Percent(each.Probability, 1)), await served.Page.Locator(".answer .share").AllTextContentsAsync());
            await Assertions.Expect(served.Page.GetByTitle($"photo{seed}.png").Locator(".best")).ToHaveTextAsync($"{expected[0].Label} {Percent(expected[0].Probability, 0)}");
        }

        Assert.Matches(@"^[\d.]+ ms for the network", await served.Page.Locator(".times").TextContentAsync());
        await served.Settled();
        Assert.Empty(served.Window.Complaints);
        Assert.All(served.Window.Requests, address => Assert.Matches($"^({served.Address}/|blob:{served.Address}/|data:)", address));
    }

    [Fact]
    public async Task The_map_over_the_photo_is_the_librarys()
    {
        await using ServedPage served = await ServedPage.Open(browser);
        using var explainer = new PhotoExplainer(ServedPage.Model);
        ExplainedPhoto photo = explainer.Read(ImageDecoder.Decode(ServedPage.Photo(2)));
        await served.DropOne(2);
        await RequireSame(photo.Predictions[0].Class);

        await served.Page.Locator(".answer").Nth(3).ClickAsync();
        await Assertions.Expect(served.Page.Locator(".view .seen .stage")).ToHaveAttributeAsync("data-class", photo.Predictions[3].Class.ToString(CultureInfo.InvariantCulture));
        await RequireSame(photo.Predictions[3].Class);

        await served.Page.GetByLabel("Opacity of the map").FillAsync("20");
        Assert.Equal("0.2", await served.Page.Locator(".view .seen .heat").EvaluateAsync<string>("heat => getComputedStyle(heat).opacity"));

        async Task RequireSame(int index)
        {
            ClassActivationMap map = explainer.ClassActivation(photo, new ClassActivationOptions { Class = index });
            int[][] pixels = await served.Page.Locator(".view .seen .heat").EvaluateAsync<int[][]>("heat => { const context = heat.getContext('2d'); return [[0, 0], [0.5, 0.5], [0.3, 0.4], [0.75, 0.6], [0.4, 0.9], [0.97, 0.5]].map(([x, y]) => { const at = [Math.floor(x * heat.width), Math.floor(y * heat.height)]; return [...at, heat.width, heat.height, ...context.getImageData(...at, 1, 1).data]; }); }");
            foreach (int[] pixel in pixels)
            {
                double? value = map.At((pixel[0] + 0.5) * photo.Image.Width / pixel[2], (pixel[1] + 0.5) * photo.Image.Height / pixel[3]);
                (byte red, byte green, byte blue) = value is double here ? Viridis.Of((here - map.Low) / (map.High - map.Low)) : ((byte)0, (byte)0, (byte)0);
                Assert.Equal(value is null, pixel[7] < 255);
                Assert.InRange(Math.Abs(red - pixel[4]) + Math.Abs(green - pixel[5]) + Math.Abs(blue - pixel[6]), 0, 6); // one step of the 256 colours
            }
        }
    }

    [Theory]
    [InlineData("layer1.0.relu1", 3, 0, 0)]
    [InlineData("layer2.0.relu1", 17, 5, 11)]
    [InlineData("layer3.0.relu1", 20, 7, 4)]
    public async Task A_unit_lights_up_its_receptive_field(string node, int channel, int row, int column)
    {
        await using ServedPage served = await ServedPage.Open(browser);
        using var explainer = new PhotoExplainer(ServedPage.Model);
        ExplainedPhoto photo = explainer.Read(ImageDecoder.Decode(ServedPage.Photo(1)));
        await served.DropOne();
        await served.Page.GetByRole(AriaRole.Combobox, new() { Name = "Layer" }).SelectOptionAsync(node);
        await Assertions.Expect(served.Page.Locator(".features")).ToHaveAttributeAsync("data-node", node);
        FeatureMaps maps = explainer.Maps(photo, node);

        await Hover(served, maps, channel, row, column);
        await Assertions.Expect(served.Page.Locator(".view .seen .stage")).ToHaveClassAsync(new System.Text.RegularExpressions.Regex("\\blit\\b"));
        PhotoBox expected = explainer.ReceptiveField(photo, node, row, column).InPhoto!.Value;
        double[] lit = await Lit(served);
        Assert.Equal([expected.Left, expected.Top, expected.Right - expected.Left, expected.Bottom - expected.Top], lit, (a, b) => Math.Abs(a - b) < 1e-9);
        Assert.StartsWith($"Channel {channel} (", await served.Page.Locator(".unit").TextContentAsync(), StringComparison.Ordinal);

        await served.Page.Mouse.MoveAsync(2, 2);
        await Assertions.Expect(served.Page.Locator(".view .seen .stage.lit")).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task The_grid_shows_each_channel()
    {
        await using ServedPage served = await ServedPage.Open(browser);
        using var explainer = new PhotoExplainer(ServedPage.Model);
        FeatureMaps maps = explainer.Maps(explainer.Read(ImageDecoder.Decode(ServedPage.Photo(1))), Node);
        await served.DropOne();
        await served.Page.GetByRole(AriaRole.Combobox, new() { Name = "Layer" }).SelectOptionAsync(Node);
        await Assertions.Expect(served.Page.Locator(".features")).ToHaveAttributeAsync("data-node", Node);
        foreach (int channel in (int[])[0, 9, 31])
        {
            (double x, double y, double width, double height) = await Tile(served, maps, channel);
            int[] seen = await served.Page.Locator(".grid canvas").EvaluateAsync<int[]>("(canvas, at) => { const context = canvas.getContext('2d'); return [...context.getImageData(...at, 1, 1).data]; }", new[] { (int)(x + (2.5 * width / maps.Size.Width)), (int)(y + (3.5 * height / maps.Size.Height)) });
            (float least, float greatest) = FeatureMaps.RangeOf(maps[channel]);
            (byte red, byte green, byte blue) = Viridis.Of(greatest > least ? (maps[channel][(3 * maps.Size.Width) + 2] - least) / (greatest - least) : 0);
            Assert.Equal([red, green, blue], seen[..3]);
        }
    }

    [Fact]
    public async Task Two_models_stand_beside_each_other()
    {
        await using ServedPage served = await ServedPage.Open(browser, pair: true);
        using var first = new ImageClassifier(ServedPage.Model);
        using var second = new ImageClassifier(ServedPage.Other);
        await served.DropOne();
        await served.Page.GetByLabel("Beside it").SelectOptionAsync(ServedPage.Second);
        await served.Settled();
        (Prediction[] one, Prediction[] two) = (first.Classify(ServedPage.Photo(1), 8), second.Classify(ServedPage.Photo(1), 8));
        Assert.Equal(one.Concat(two).Select(each => each.Label), await served.Page.Locator(".answer .name").AllTextContentsAsync());
        Assert.Equal(one[0].Label == two[0].Label ? $"Both say {one[0].Label}." : $"{ServedPage.First} says {one[0].Label}, {ServedPage.Second} says {two[0].Label}.", await served.Page.Locator(".verdict").TextContentAsync());
        string table = await served.Page.Locator(".comparison tbody").InnerTextAsync();
        Assert.Contains(Percent(one[0].Probability, 1), table, StringComparison.Ordinal);
        Assert.Matches("Network, this request\\s+[\\d.]+ ms\\s+[\\d.]+ ms", table);

        await served.Page.GetByRole(AriaRole.Button, new() { Name = "Time 10 requests each" }).ClickAsync();
        await Assertions.Expect(served.Page.Locator(".comparison tbody")).ToContainTextAsync("median of 10");
        await Pictures.Take(served.Page, "page-pair");
        Assert.Empty(served.Window.Complaints);
    }

    [Fact]
    public async Task Labels_and_names_of_files_stay_text()
    {
        Model hostile = ServedPage.Model.With(ServedPage.Model.Metadata with { Architecture = SampleReports.Hostile, Labels = [.. Enumerable.Range(0, 10).Select(i => $"{SampleReports.Hostile}{i}")] });
        await using ServedPage served = await ServedPage.Open(browser, [(ServedPage.First, hostile)], null, 1280, ColorScheme.Light);
        await served.Drop((SampleReports.Hostile, ServedPage.Photo(1)));
        await served.Settled();
        Assert.StartsWith(SampleReports.Hostile, await served.Page.Locator(".answer .name").First.TextContentAsync(), StringComparison.Ordinal);
        Assert.Equal(SampleReports.Hostile, await served.Page.Locator(".strip .file").TextContentAsync());
        Assert.Equal(0, await served.Page.Locator("b").CountAsync());
        Assert.Equal(1280, await served.Page.EvaluateAsync<int>("() => document.documentElement.scrollWidth"));
        Assert.Empty(served.Window.Complaints);
    }

    [Fact]
    public async Task Photos_can_be_pasted_and_removed()
    {
        await using ServedPage served = await ServedPage.Open(browser);
        await served.Page.EvaluateAsync("content => { const transfer = new DataTransfer(); transfer.items.add(new File([Uint8Array.from(atob(content), letter => letter.charCodeAt(0))], 'image.png', { type: 'image/png' })); dispatchEvent(new ClipboardEvent('paste', { clipboardData: transfer, cancelable: true })); }", Convert.ToBase64String(ServedPage.Photo(3)));
        await served.Settled();
        Assert.Equal(1, await served.Page.Locator(".strip li").CountAsync());
        await served.Page.GetByRole(AriaRole.Button, new() { Name = "Remove this photo" }).ClickAsync();
        Assert.False(await served.Page.Locator("#photos").IsVisibleAsync());
        Assert.True(await served.Page.GetByText("See what the network sees").IsVisibleAsync());
    }

    [Fact]
    public async Task Every_model_has_its_report()
    {
        await using ServedPage served = await ServedPage.Open(browser, pair: true);
        Assert.Equal([ServedPage.First, ServedPage.Second], await served.Page.Locator("#models tbody th").AllTextContentsAsync());
        await served.Page.GetByRole(AriaRole.Link, new() { Name = $"Report of {ServedPage.Second}" }).ClickAsync();
        await served.Page.WaitForFunctionAsync("() => document.documentElement.dataset.complete && document.querySelector('#graph')");
        Assert.Equal(ServedPage.Second, await served.Page.Locator("h1").TextContentAsync());
        Assert.Empty(served.Window.Complaints);
    }

    private static async Task<double[]> Lit(ServedPage served) => await served.Page.Locator(".view .seen .light .frame").EvaluateAsync<double[]>("frame => ['x', 'y', 'width', 'height'].map(name => Number(frame.getAttribute(name)))");

    private static async Task Hover(ServedPage served, FeatureMaps maps, int channel, int row, int column)
    {
        (double x, double y, double width, double height) = await Tile(served, maps, channel);
        (double across, double down) = (x + ((column + 0.5) * width / maps.Size.Width), y + ((row + 0.5) * height / maps.Size.Height));
        await served.Page.Locator(".maps").EvaluateAsync("(frame, y) => { frame.scrollTop = y - 100; frame.scrollIntoView({ block: 'center' }); }", down);
        LocatorBoundingBoxResult grid = (await served.Page.Locator(".grid").BoundingBoxAsync())!;
        await served.Page.Mouse.MoveAsync((float)(grid.X + across), (float)(grid.Y + down));
    }

    /// <summary>The place of a channel's tile in the grid, by the positions of tiles that the page says.</summary>
    private static async Task<(double X, double Y, double Width, double Height)> Tile(ServedPage served, FeatureMaps maps, int channel)
    {
        double wide = await served.Page.Locator(".grid").EvaluateAsync<double>("grid => grid.clientWidth");
        int columns = Math.Min(maps.Channels, (int)((wide + 4) / 76));
        double tile = Math.Min(216, Math.Floor((wide + 4) / columns) - 4);
        return (channel % columns * (tile + 4), channel / columns * (tile + 4), tile, tile); // of square maps
    }

    internal static string Percent(double share, int digits) => (100 * share).ToString($"F{digits}", CultureInfo.InvariantCulture) + "%";
}
