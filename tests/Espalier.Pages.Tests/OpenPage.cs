using Microsoft.Playwright;

namespace Espalier.Pages.Tests;

/// <summary>A page in a browser window, with everything that it complained about or requested.</summary>
internal sealed class OpenPage : IAsyncDisposable
{
    private const int Height = 900;

    private readonly IBrowserContext _context;

    private OpenPage(IBrowserContext context, IPage page) => (_context, Page) = (context, page);

    internal IPage Page { get; }

    /// <summary>Errors and warnings on the console, exceptions, and dialogs.</summary>
    internal List<string> Complaints { get; } = [];

    /// <summary>The addresses that were requested.</summary>
    internal List<string> Requests { get; } = [];

    /// <summary>Opens a file.</summary>
    /// <param name="browser">The browser.</param>
    /// <param name="path">The file.</param>
    /// <param name="width">The width of the window.</param>
    /// <param name="scheme">The system's colours.</param>
    /// <param name="sharpness">Pixels of the screen for each of the page's.</param>
    internal static async Task<OpenPage> Open(BrowserFixture browser, string path, int width = 1280, ColorScheme scheme = ColorScheme.Light, float sharpness = 1)
    {
        IBrowserContext context = await browser.Browser.NewContextAsync(new() { ViewportSize = new() { Width = width, Height = Height }, ColorScheme = scheme, ReducedMotion = ReducedMotion.Reduce, DeviceScaleFactor = sharpness });
        var open = new OpenPage(context, await context.NewPageAsync());
        open.Page.Console += (_, message) => open.Note(message.Type is "error" or "warning", message.Text);
        open.Page.PageError += (_, error) => open.Note(true, error);
        open.Page.Dialog += (_, dialog) =>
        {
            open.Note(true, dialog.Message);
            _ = dialog.DismissAsync();
        };
        open.Page.Request += (_, request) => open.Requests.Add(request.Url);
        await open.Page.GotoAsync(new Uri(path).AbsoluteUri);
        await open.Page.WaitForFunctionAsync("() => document.documentElement.dataset.complete");
        return open;
    }

    public async ValueTask DisposeAsync() => await _context.DisposeAsync();

    /// <summary>A box of the graph by the id of its item: a scope, or = and the name of a node.</summary>
    internal ILocator Box(string id, int pane = 0) => Page.Locator(".pane").Nth(pane).Locator($".box[data-id=\"{id}\"]");

    private void Note(bool isComplaint, string text)
    {
        if (isComplaint)
        {
            Complaints.Add(text);
        }
    }
}
