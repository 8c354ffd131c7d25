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
        feed.Report(Step(1));
        await using OpenPage open = await OpenPage.Open(browser, app.Urls.First());
        await Assertions.Expect(open.Page.Locator("h1")).ToHaveTextAsync("cifar_resnet8");
        await Assertions.Expect(open.Page.Locator(".figures")).ToContainTextAsync("1 of 400");

        for (int epoch = 1; epoch <= 3; epoch++)
        {
            for (int step = 1; step <= 100; step++)
            {
                feed.Report(Step((100 * (epoch - 1)) + step));
            }

            feed.Report(new EpochRecord(epoch, 100 * epoch, 0.1, 2.0 / epoch, 1 - (0.8 / epoch), 2.1 / epoch, epoch == 1 ? double.NaN : 1 - (0.9 / epoch), 12, 750));
        }

        await Assertions.Expect(open.Page.Locator("#epochs tbody tr")).ToHaveCountAsync(3);
        await Assertions.Expect(open.Page.Locator("#curves svg")).ToHaveCountAsync(4);
        Assert.Equal("3", await open.Page.Locator("#epochs tbody th").First.TextContentAsync());
        Assert.Contains("70.00%", await open.Page.Locator("#epochs tbody tr").First.TextContentAsync(), StringComparison.Ordinal);

        await Task.Delay(300, TestContext.Current.CancellationToken); // steps within a quarter of a second are one event
        feed.Report(Step(320));
        await Assertions.Expect(open.Page.Locator(".figures")).ToContainTextAsync("320 of 400");
        AxeResult result = await open.Page.RunAxe();
        Assert.DoesNotContain(result.Violations, each => each.Impact is "serious" or "critical");
        await Pictures.Take(open.Page, "watch");

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
