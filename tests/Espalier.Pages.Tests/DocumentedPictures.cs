using Espalier.Graphs;
using Espalier.Serving;
using Espalier.Surgery;
using Espalier.Training;
using Microsoft.AspNetCore.Builder;
using Microsoft.Playwright;
using MobileNetV1;

namespace Espalier.Pages.Tests;

/// <summary>Takes the pictures of docs/report.md, docs/serving.md and docs/training.md, of networks of the kit and of a training on generated images: ESPALIER_UPDATE_PICTURES=1 dotnet test tests/Espalier.Pages.Tests --filter FullyQualifiedName~DocumentedPictures.</summary>
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

    [Fact]
    public async Task Of_a_training_is_taken_again()
    {
        Assert.SkipUnless(Environment.GetEnvironmentVariable("ESPALIER_UPDATE_PICTURES") == "1", "writes docs/images, with ESPALIER_UPDATE_PICTURES=1 only");
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        const int Epochs = 8;
        var feed = new TrainingFeed("cifar_resnet8");
        var pruning = new GradualPruning(new WeightPruning { Target = PruningTarget.Fraction(0) }, 0.8) { From = 1, Until = 6, Every = 10, Pruned = feed.Report };
        var training = ImageTraining.FromScratch("cifar_resnet8", "shapes", new ImageTrainingOptions { Batch = 64, Augmentation = Augmentation.Parse("crop,flip,jitter"), Training = new TrainingOptions { Epochs = Epochs, Threads = 1, Extensions = [pruning] } });
        await using WebApplication app = WatchServer.Create(feed, 0);
        await app.StartAsync(cancellation);
        using (TrainingSession session = training.Begin(feed.Report))
        {
            feed.Begin(session);
            session.Run(feed, cancellation);
        }

        await using OpenPage open = await OpenPage.Open(browser, app.Urls.First());
        await Assertions.Expect(open.Page.Locator("#augmentation img")).ToHaveCountAsync(SampleFeed.Images);
        await Shoot(open.Page, "page-watch", "#augmentation");
        feed.End("The training is finished.");
        await app.StopAsync(cancellation);
    }

    private static Task Shoot(ServedPage served, string name, string end) => Shoot(served.Page, name, end);

    /// <summary>A picture from the top of the page to the end of an element.</summary>
    private static async Task Shoot(IPage page, string name, string end)
    {
        float bottom = await page.Locator(end).EvaluateAsync<float>("end => end.getBoundingClientRect().bottom + scrollY + 16");
        Directory.CreateDirectory(Path.Combine(Pictures.Repository(), "docs", "images"));
        await page.EvaluateAsync("() => scrollTo(0, 0)");
        await page.ScreenshotAsync(new() { Path = Path.Combine(Pictures.Repository(), "docs", "images", $"{name}.png"), FullPage = true, Clip = new() { X = 0, Y = 0, Width = 1280, Height = bottom } });
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
