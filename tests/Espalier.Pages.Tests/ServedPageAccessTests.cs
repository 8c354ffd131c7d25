using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;

namespace Espalier.Pages.Tests;

/// <summary>The page of a server for everyone: by keys alone, at every width, with a token, and with photos that are none.</summary>
public sealed class ServedPageAccessTests(BrowserFixture browser)
{
    private static readonly string[] s_grave = ["serious", "critical"];

    // A window of a busy machine may not be the active one yet, and its chooser then stays closed: the key is pressed again.
    private static async Task<IFileChooser> ChooserOf(IPage page, IKeyboard keys)
    {
        const int Attempts = 5;
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                return await page.RunAndWaitForFileChooserAsync(() => keys.PressAsync("Enter"), new PageRunAndWaitForFileChooserOptions { Timeout = 10_000 });
            }
            catch (TimeoutException) when (attempt < Attempts)
            {
                await page.BringToFrontAsync();
                await TabTo(page, "input[type=file]");
            }
        }
    }

    [Fact]
    public async Task It_is_used_by_keys_alone()
    {
        await using ServedPage served = await ServedPage.Open(browser);
        IKeyboard keys = served.Page.Keyboard;
        await TabTo(served.Page, "input[type=file]");
        IFileChooser chooser = await ChooserOf(served.Page, keys);
        await chooser.SetFilesAsync([new FilePayload { Name = "one.png", MimeType = "image/png", Buffer = ServedPage.Photo(1) }, new FilePayload { Name = "two.png", MimeType = "image/png", Buffer = ServedPage.Photo(2) }]);
        await served.Settled();

        await TabTo(served.Page, ".strip li:last-child button");
        await keys.PressAsync("Enter");
        await served.Settled();
        Assert.Equal("true", await served.Page.GetByTitle("two.png").GetAttributeAsync("aria-current"));

        await TabTo(served.Page, ".answer input");
        await keys.PressAsync("ArrowDown");
        string second = (await served.Page.Locator(".answer input").Nth(1).GetAttributeAsync("value"))!;
        await Assertions.Expect(served.Page.Locator(".view .seen .stage")).ToHaveAttributeAsync("data-class", second);

        await TabTo(served.Page, ".grid");
        await Assertions.Expect(served.Page.Locator(".view .seen .stage.lit")).ToHaveCountAsync(1);
        await keys.PressAsync("Home");
        await keys.PressAsync("PageDown");
        await keys.PressAsync("ArrowUp");
        Assert.StartsWith("Channel 1 ", await served.Page.Locator(".unit").TextContentAsync(), StringComparison.Ordinal);
        string before = (await served.Page.Locator(".view .seen .light .frame").GetAttributeAsync("x"))!;
        await keys.PressAsync("ArrowRight");
        Assert.NotEqual(before, await served.Page.Locator(".view .seen .light .frame").GetAttributeAsync("x"));
        await keys.PressAsync("Tab");
        await Assertions.Expect(served.Page.Locator(".view .seen .stage.lit")).ToHaveCountAsync(0);
        Assert.Empty(served.Window.Complaints);
    }

    [Theory]
    [InlineData(ColorScheme.Light, 1280)]
    [InlineData(ColorScheme.Dark, 1280)]
    [InlineData(ColorScheme.Light, 390)]
    public async Task Axe_finds_nothing_serious(ColorScheme scheme, int width)
    {
        await using ServedPage served = await ServedPage.Open(browser, pair: true, width: width, scheme: scheme);
        await RequireNothingGrave(served.Page);
        await served.DropOne();
        await RequireNothingGrave(served.Page);
        await served.Page.GetByLabel("Beside it").SelectOptionAsync(ServedPage.Second);
        await served.Settled();
        await RequireNothingGrave(served.Page);
    }

    [Theory]
    [InlineData(390)]
    [InlineData(768)]
    [InlineData(1280)]
    [InlineData(1600)]
    public async Task It_fits_the_width(int width)
    {
        await using ServedPage served = await ServedPage.Open(browser, pair: true, width: width, scheme: width == 1600 ? ColorScheme.Dark : ColorScheme.Light);
        await Require("empty");
        await served.Drop([.. Enumerable.Range(1, 4).Select(seed => ($"a rather long name of a photo {seed}.png", ServedPage.Photo(seed, 40 + (8 * seed), 48)))]);
        await served.Settled();
        await Require("photo");
        await served.Page.Locator(".grid").FocusAsync();
        await served.Page.Keyboard.PressAsync("ArrowRight");
        await Require("unit");
        await served.Page.GetByLabel("Beside it").SelectOptionAsync(ServedPage.Second);
        await served.Settled();
        await Require("pair");

        async Task Require(string name)
        {
            await served.Page.EvaluateAsync("() => scrollTo(0, 0)"); // where the bar belongs in a picture
            await Pictures.Take(served.Page, $"page-{name}-{width}");
            Assert.Equal(width, await served.Page.EvaluateAsync<int>("() => document.documentElement.scrollWidth"));
        }
    }

    [Fact]
    public async Task A_server_with_a_token_asks_for_it()
    {
        await using ServedPage served = await ServedPage.Open(browser, token: "s3cret");
        await RequireNothingGrave(served.Page);
        await served.Page.GetByLabel("Token").FillAsync("other");
        await served.Page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(served.Page.GetByRole(AriaRole.Alert)).ToHaveTextAsync("the request's token is not the server's.");
        await served.Page.GetByLabel("Token").FillAsync("s3cret");
        await served.Page.Keyboard.PressAsync("Enter");
        await served.Page.GetByText("Drop photos here").WaitForAsync();
        await served.DropOne();
        IDownload report = await served.Page.RunAndWaitForDownloadAsync(() => served.Page.GetByRole(AriaRole.Button, new() { Name = "Save report" }).ClickAsync());
        Assert.Equal($"{ServedPage.First}.html", report.SuggestedFilename);
    }

    [Fact]
    public async Task What_is_no_photo_is_said_so_and_spoils_no_other()
    {
        await using ServedPage served = await ServedPage.Open(browser);
        await served.Drop(("notes.txt", "GIF89a"u8.ToArray()), ("photo.png", ServedPage.Photo(1)), ("broken.png", ServedPage.Photo(1)[..100]));
        await Assertions.Expect(served.Page.Locator(".view .error")).ToHaveTextAsync("No answer: the photo is neither a JPEG nor a PNG file.");
        await Assertions.Expect(served.Page.GetByTitle("notes.txt").Locator(".best")).ToHaveTextAsync("no answer");
        await served.Page.GetByTitle("photo.png").ClickAsync();
        await served.Settled();
        await served.Page.GetByTitle("broken.png").ClickAsync();
        await Assertions.Expect(served.Page.Locator(".view .error")).ToContainTextAsync("No answer: the photo: ");
        Assert.All(served.Window.Complaints, complaint => Assert.StartsWith("Failed to load resource: the server responded with a status of 4", complaint, StringComparison.Ordinal)); // the browser's own words
    }

    private static async Task TabTo(IPage page, string selector)
    {
        for (int i = 0; i < 60; i++)
        {
            await page.Keyboard.PressAsync("Tab");
            if (await page.EvaluateAsync<bool>("selector => document.activeElement.matches(selector)", selector))
            {
                return;
            }
        }

        Assert.Fail($"the tabulator does not reach {selector}");
    }

    private static async Task RequireNothingGrave(IPage page)
    {
        AxeResult result = await page.RunAxe();
        Assert.NotEmpty(result.Passes);
        Assert.Equal([], result.Violations.Where(each => s_grave.Contains(each.Impact)).SelectMany(each => each.Nodes.Select(node => $"{each.Id} ({each.Impact}): {node.Html}: {string.Join("; ", node.Any.Concat(node.All).Select(check => check.Message))}")));
    }
}
