using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;

namespace Espalier.Pages.Tests;

/// <summary>What axe-core finds, names of controls, and tables that are sorted without a mouse.</summary>
public sealed class AccessibilityTests(BrowserFixture browser)
{
    private static readonly string[] s_grave = ["serious", "critical"];

    [Theory]
    [InlineData("one", ColorScheme.Light, 1280)]
    [InlineData("one", ColorScheme.Dark, 1280)]
    [InlineData("one", ColorScheme.Light, 390)]
    [InlineData("two", ColorScheme.Light, 1280)]
    [InlineData("two", ColorScheme.Dark, 390)]
    public async Task Axe_finds_nothing_serious(string name, ColorScheme scheme, int width)
    {
        await using OpenPage open = await OpenPage.Open(browser, SampleReports.Of(name), width, scheme);
        await open.Box("layer1").ClickAsync();
        await open.Box("layer1.0").ClickAsync();
        await open.Page.EvaluateAsync("() => document.querySelectorAll('details').forEach(each => { each.open = true; })");
        AxeResult result = await open.Page.RunAxe();
        Assert.NotEmpty(result.Passes);
        Assert.Equal([], result.Violations.Where(each => s_grave.Contains(each.Impact)).SelectMany(each => each.Nodes.Select(node => $"{each.Id} ({each.Impact}): {node.Html}: {string.Join("; ", node.Any.Concat(node.All).Select(check => check.Message))}")));
    }

    [Fact]
    public async Task A_rule_that_is_broken_would_be_found()
    {
        await using OpenPage open = await OpenPage.Open(browser, SampleReports.One);
        await open.Page.EvaluateAsync("() => document.querySelector('input[type=search]').closest('label').replaceWith(document.createElement('input'))");
        Assert.Contains((await open.Page.RunAxe()).Violations, each => each.Id == "label" && s_grave.Contains(each.Impact));
    }

    [Fact]
    public async Task Columns_are_sorted_by_keys_and_say_so()
    {
        await using OpenPage open = await OpenPage.Open(browser, SampleReports.Network("resnet50"));
        ILocator table = open.Page.Locator("#layers table").Last, heading = table.GetByRole(AriaRole.Button, new() { Name = "Parameters" });
        await heading.FocusAsync();
        await open.Page.Keyboard.PressAsync("Enter");
        Assert.Equal("descending", await Column().GetAttributeAsync("aria-sort"));
        Assert.Equal("layer4.0.conv2", await First());
        await open.Page.Keyboard.PressAsync("Enter");
        Assert.Equal("ascending", await Column().GetAttributeAsync("aria-sort"));
        Assert.Equal("bn1", await First());
        await open.Page.Keyboard.PressAsync("Enter");
        Assert.Null(await Column().GetAttributeAsync("aria-sort"));
        Assert.Equal("conv1", await First());

        int layers = await table.Locator("tbody tr").CountAsync();
        await open.Page.GetByLabel("Also ops without weights").CheckAsync();
        Assert.Equal(176, await open.Page.Locator("#layers table").Last.Locator("tbody tr").CountAsync());
        Assert.True(layers < 176);

        ILocator Column() => table.Locator("th", new() { Has = open.Page.GetByRole(AriaRole.Button, new() { Name = "Parameters" }) });
        Task<string?> First() => table.Locator("tbody th").First.TextContentAsync();
    }

    [Fact]
    public async Task The_first_link_skips_to_the_report()
    {
        await using OpenPage open = await OpenPage.Open(browser, SampleReports.One);
        await open.Page.Keyboard.PressAsync("Tab");
        Assert.Equal("Skip to the report", await open.Page.EvaluateAsync<string>("() => document.activeElement.textContent"));
        await open.Page.Keyboard.PressAsync("Enter");
        Assert.Equal("content", await open.Page.EvaluateAsync<string>("() => document.activeElement.id"));
    }
}
