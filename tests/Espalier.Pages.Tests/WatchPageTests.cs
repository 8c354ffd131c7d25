using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;
using Espalier.Serving;
using Espalier.Training;
using Microsoft.AspNetCore.Builder;
using Microsoft.Playwright;

namespace Espalier.Pages.Tests;

/// <summary>The page that watches a training.</summary>
public sealed class WatchPageTests(BrowserFixture browser)
{
    [Fact]
    public async Task Steps_and_epochs_are_shown_as_they_come()
    {
        var feed = new TrainingFeed("cifar_resnet8");
        await using WebApplication app = WatchServer.Create(feed, 0);
        await app.StartAsync(TestContext.Current.CancellationToken);
        feed.Begin(epoch => [.. Enumerable.Range(0, SampleFeed.Images).Select(i => new AugmentedSample(TinyData.Picture((100 * epoch) + i), i == 0 ? [("cat", 0.7), ("dog", 0.3)] : [("ship", 1)]))], 0);
        feed.Report(Step(1));
        await using OpenPage open = await OpenPage.Open(browser, app.Urls.First());
        await Assertions.Expect(open.Page.Locator("h1")).ToHaveTextAsync("cifar_resnet8");
        await Assertions.Expect(open.Page.Locator(".figures")).ToContainTextAsync("1 of 400");
        await Assertions.Expect(open.Page.Locator("#augmentation img")).ToHaveCountAsync(SampleFeed.Images);
        await Assertions.Expect(open.Page.Locator("#augmentation figcaption").First).ToHaveTextAsync("70% cat, 30% dog");
        await Assertions.Expect(open.Page.Locator("#augmentation figcaption").Nth(1)).ToHaveTextAsync("ship");
        Assert.Equal(128, await open.Page.Locator("#augmentation img").First.EvaluateAsync<int>("image => image.decode().then(() => image.naturalWidth)"));
        await Assertions.Expect(open.Page.Locator("#pruning")).ToBeHiddenAsync();

        for (int epoch = 1; epoch <= 3; epoch++)
        {
            for (int step = 1; step <= 100; step++)
            {
                feed.Report(Step((100 * (epoch - 1)) + step));
            }

            feed.Report(new GradualPruningStep(epoch, 100 * epoch, 272_000, 68_000 * epoch));

            feed.Report(new EpochRecord(epoch, 100 * epoch, 0.1, 2.0 / epoch, 1 - (0.8 / epoch), 2.1 / epoch, epoch == 1 ? double.NaN : 1 - (0.9 / epoch), 12, 750));
        }

        await Assertions.Expect(open.Page.Locator("#epochs tbody tr")).ToHaveCountAsync(3);
        await Assertions.Expect(open.Page.Locator("#curves svg")).ToHaveCountAsync(5);
        await Assertions.Expect(open.Page.Locator("#pruning tbody tr")).ToHaveCountAsync(3);
        await Assertions.Expect(open.Page.Locator("#pruning tbody tr").First).ToHaveTextAsync("300375.00%204,000272,000");
        Assert.Equal("3", await open.Page.Locator("#epochs tbody th").First.TextContentAsync());
        Assert.Contains("70.00%", await open.Page.Locator("#epochs tbody tr").First.TextContentAsync(), StringComparison.Ordinal);

        await Task.Delay(300, TestContext.Current.CancellationToken); // steps within a quarter of a second are one event
        feed.Report(Step(320));
        await Assertions.Expect(open.Page.Locator(".figures")).ToContainTextAsync("320 of 400");
        AxeResult result = await open.Page.RunAxe();
        Assert.DoesNotContain(result.Violations, each => each.Impact is "serious" or "critical");
        await Pictures.Take(open.Page, "watch");
        await Assertions.Expect(open.Page.Locator("#augmentation p")).ToHaveTextAsync("Training images of epoch 4 as the network gets them.", new() { Timeout = 20_000 }); // five seconds after the first

        feed.End("The training is finished.");
        await Assertions.Expect(open.Page.GetByRole(AriaRole.Status)).ToHaveTextAsync("The training is finished.");
        Assert.Empty(open.Complaints);
        Assert.All(open.Requests, address => Assert.Matches($"^({app.Urls.First()}/|data:)", address));

        await open.Page.ReloadAsync();
        await Assertions.Expect(open.Page.Locator("#epochs tbody tr")).ToHaveCountAsync(3);
        await Assertions.Expect(open.Page.GetByRole(AriaRole.Status)).ToHaveTextAsync("The training is finished.");
        await app.StopAsync(TestContext.Current.CancellationToken);
    }

    [Theory]
    [InlineData(390)]
    [InlineData(1600)]
    public async Task It_fits_the_width(int width)
    {
        var feed = new TrainingFeed("cifar_resnet8");
        await using WebApplication app = WatchServer.Create(feed, 0);
        await app.StartAsync(TestContext.Current.CancellationToken);
        for (int step = 1; step <= 3000; step++)
        {
            feed.Report(Step(step));
        }

        feed.Report(new EpochRecord(1, 3000, 0.1, 1.5, 0.5, 1.6, 0.45, 12, 750));
        await using OpenPage open = await OpenPage.Open(browser, app.Urls.First(), width, ColorScheme.Dark);
        await open.Page.Locator("#curves svg").First.WaitForAsync();
        Assert.Equal(width, await open.Page.EvaluateAsync<int>("() => document.documentElement.scrollWidth"));
        await Pictures.Take(open.Page, $"watch-{width}");
        feed.End("The training is finished.");
        await app.StopAsync(TestContext.Current.CancellationToken);
    }

    private static TrainingProgress Step(int step) => new((step / 100) + 1, 4, step, 400, 0.1 * (1 - (step / 4000.0)), 2.0 / (1 + (step / 100.0)), 2.2 / (1 + (step / 100.0)), 1 - (1 / (1.1 + (step / 100.0))), 750, TimeSpan.FromSeconds(400 - (step / 10.0)));
}
