using Espalier.Graphs;
using Microsoft.Playwright;
using MobileNetV1;

namespace Espalier.Pages.Tests;

/// <summary>Takes the pictures of docs/report.md and docs/serving.md, of networks of the kit: ESPALIER_UPDATE_PICTURES=1 dotnet test tests/Espalier.Pages.Tests --filter FullyQualifiedName~DocumentedPictures.</summary>
public sealed class DocumentedPictures(BrowserFixture browser) : IDisposable
{
    private const int Images = 1000;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Are_taken_again()
    {
        Assert.SkipUnless(Environment.GetEnvironmentVariable("ESPALIER_UPDATE_PICTURES") == "1", "writes docs/images, with ESPALIER_UPDATE_PICTURES=1 only");
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        string images = Kit.Path("cifar10/test_batch.bin");
        Model whole = ModelSource.Load("cifar_resnet20", Kit.Path("weights/resnet20-12fca82f.th"));
        Model pruned = whole.Prune(PruneOptions.Weights(0.5) with { Data = images }, cancellation: cancellation).Model;
        Model folded = pruned.Fold(data: images, cancellation: cancellation).Model;
        Model narrow = whole.Prune(PruneOptions.Channels(0.6), cancellation: cancellation).Model;

        folded.WriteReport(_folder.File("one.html"), new ModelReportOptions { Name = "cifar10-small", Evaluation = Evaluate(folded, images), Time = true }, cancellation);
        whole.WriteReport(_folder.File("two.html"), new ModelReportOptions { Name = "resnet20", Against = new ReportedModel(narrow) { Name = "resnet20-narrow" } }, cancellation);
        await Take("one", ColorScheme.Light, "layer1");
        await Take("two", ColorScheme.Dark, "layer2");
    }

    [Fact]
    public async Task Of_the_servers_page_are_taken_again()
    {
        Assert.SkipUnless(Environment.GetEnvironmentVariable("ESPALIER_UPDATE_PICTURES") == "1", "writes docs/images, with ESPALIER_UPDATE_PICTURES=1 only");
        Model whole = QuarterMobileNet.Load(Kit.Path("weights/mobilenetv1-x0.25-imagenet.pth.tar"), File.ReadLines(Kit.Path("imagenet/imagenet_classes.txt")));
        (string, Model)[] models = [("mobilenet", whole), ("mobilenet-pruned", whole.Prune(PruneOptions.Weights(0.3), cancellation: TestContext.Current.CancellationToken).Model)];
        string[] photos = [Kit.Path("imagenet/dog.jpg"), .. Directory.GetFiles(Kit.Path("imagenet/samples")).Where(path => path.Contains("flamingo", StringComparison.Ordinal) || path.Contains("zebra", StringComparison.Ordinal))];
        await using (ServedPage served = await Open(ColorScheme.Light))
        {
            await Shoot(served, "page-map", ".views");
            await served.Page.Locator(".grid").FocusAsync();
            foreach (string key in (string[])["PageDown", "PageDown", "PageDown", "PageDown", "ArrowUp", "ArrowUp", "ArrowUp", "ArrowUp", "ArrowUp", "ArrowLeft", "ArrowLeft", "ArrowLeft", "ArrowLeft", "ArrowLeft"])
            {
                await served.Page.Keyboard.PressAsync(key);
            }

            await Shoot(served, "page-unit", ".views");
        }

        await using (ServedPage served = await Open(ColorScheme.Dark))
        {
            await served.Page.GetByLabel("Beside it").SelectOptionAsync("mobilenet-pruned");
            await served.Settled();
            await Shoot(served, "page-pair", ".comparison");
        }

        async Task<ServedPage> Open(ColorScheme scheme)
        {
            ServedPage served = await ServedPage.Open(browser, models, null, 1280, scheme);
            await served.Drop([.. photos.Select(path => (Path.GetFileName(path), File.ReadAllBytes(path)))]);
            await served.Settled();
            return served;
        }
    }

    /// <summary>A picture from the top of the page to the end of an element.</summary>
    private static async Task Shoot(ServedPage served, string name, string end)
    {
        float bottom = await served.Page.Locator(end).EvaluateAsync<float>("end => end.getBoundingClientRect().bottom + scrollY + 16");
        Directory.CreateDirectory(Path.Combine(Pictures.Repository(), "docs", "images"));
        await served.Page.EvaluateAsync("() => scrollTo(0, 0)");
        await served.Page.ScreenshotAsync(new() { Path = Path.Combine(Pictures.Repository(), "docs", "images", $"{name}.png"), FullPage = true, Clip = new() { X = 0, Y = 0, Width = 1280, Height = bottom } });
    }

    private static ClassificationReport Evaluate(Model model, string images)
    {
        using var classifier = new ImageClassifier(model);
        return classifier.Evaluate(images, new EvaluationOptions { Limit = Images });
    }

    /// <summary>A picture from the top of the page to the end of its graph, with a group unfolded.</summary>
    private async Task Take(string name, ColorScheme scheme, string group)
    {
        await using OpenPage open = await OpenPage.Open(browser, _folder[$"{name}.html"], scheme: scheme);
        await open.Box(group).ClickAsync();
        float bottom = await open.Page.Locator("#graph").EvaluateAsync<float>("graph => graph.getBoundingClientRect().bottom + scrollY");
        Directory.CreateDirectory(Path.Combine(Pictures.Repository(), "docs", "images"));
        await open.Page.EvaluateAsync("() => scrollTo(0, 0)");
        await open.Page.ScreenshotAsync(new() { Path = Path.Combine(Pictures.Repository(), "docs", "images", $"report-{name}.png"), FullPage = true, Clip = new() { X = 0, Y = 0, Width = 1280, Height = bottom } });
    }
}
