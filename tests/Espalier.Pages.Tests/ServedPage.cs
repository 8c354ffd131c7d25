using Espalier.Formats;
using Espalier.Graphs;
using Espalier.Imaging;
using Espalier.Models;
using Espalier.Serving;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Logging;
using Microsoft.Playwright;

namespace Espalier.Pages.Tests;

/// <summary>A server of small networks on a free port, and its page in a browser.</summary>
internal sealed class ServedPage : IAsyncDisposable
{
    internal const string First = "flowers";
    internal const string Second = "small";

    private readonly TemporaryFolder _folder;
    private readonly WebApplication _app;
    private readonly OpenPage _open;

    private ServedPage(TemporaryFolder folder, WebApplication app, OpenPage open) => (_folder, _app, _open) = (folder, app, open);

    internal IPage Page => _open.Page;

    internal OpenPage Window => _open;

    internal string Address => _app.Urls.First();

    /// <summary>The first of the served models.</summary>
    internal static Model Model { get; } = Network("cifar_resnet8", 1);

    /// <summary>The second of them.</summary>
    internal static Model Other { get; } = Network("cifar_resnet20", 2);

    /// <summary>Starts a server of one or two small networks and opens its page.</summary>
    internal static Task<ServedPage> Open(BrowserFixture browser, bool pair = false, string? token = null, int width = 1280, ColorScheme scheme = ColorScheme.Light) =>
        Open(browser, pair ? [(First, Model), (Second, Other)] : [(First, Model)], token, width, scheme);

    /// <summary>Starts a server of given networks and opens its page.</summary>
    internal static async Task<ServedPage> Open(BrowserFixture browser, (string Name, Model Model)[] models, string? token, int width, ColorScheme scheme)
    {
        _ = browser.Browser; // skips before anything is started
        var folder = new TemporaryFolder();
        foreach ((string name, Model model) in models)
        {
            ModelFile.Write(folder.File($"{name}.espalier"), model);
        }

        var options = new ServingOptions { Models = [.. models.Select(model => folder[$"{model.Name}.espalier"])], Threads = 1, ReloadInterval = TimeSpan.Zero, Token = token };
        WebApplication app = ModelServer.Create(options, new ServerAddress(), LogLevel.None);
        await app.StartAsync(TestContext.Current.CancellationToken);
        return new ServedPage(folder, app, await OpenPage.Open(browser, app.Urls.First(), width, scheme));
    }

    /// <summary>A photo as the bytes of a PNG file: two soft spots on a ground of its own colour, wider than high.</summary>
    internal static byte[] Photo(int seed, int width = 48, int height = 40)
    {
        byte[] pixels = new byte[width * height * Image.Channels];
        for (int i = 0; i < width * height; i++)
        {
            (int y, int x) = Math.DivRem(i, width);
            double Spot(double left, double top) => Math.Exp(-((((x - (left * width)) * (x - (left * width))) + ((y - (top * height)) * (y - (top * height)))) / (0.02 * width * width)));
            double one = Spot(0.3, 0.35), two = Spot(0.7, 0.6);
            pixels[Image.Channels * i] = (byte)(40 + (200 * one));
            pixels[(Image.Channels * i) + 1] = (byte)(70 + (120 * two) + (seed % 5 * 10));
            pixels[(Image.Channels * i) + 2] = (byte)(90 + (30 * (seed % 4)) + (40 * one));
        }

        return PngEncoder.Encode(new Image(width, height, pixels));
    }

    /// <summary>Drops files onto the page.</summary>
    internal async Task Drop(params (string Name, byte[] Content)[] files)
    {
        IJSHandle transfer = await Page.EvaluateHandleAsync(
            "files => { const transfer = new DataTransfer(); files.forEach(([name, content]) => transfer.items.add(new File([Uint8Array.from(atob(content), letter => letter.charCodeAt(0))], name, { type: 'image/png' }))); return transfer; }",
            files.Select(file => new[] { file.Name, Convert.ToBase64String(file.Content) }));
        await Page.DispatchEventAsync("body", "drop", new { dataTransfer = transfer });
    }

    /// <summary>Drops one photo and waits for its map and feature maps.</summary>
    internal async Task DropOne(int seed = 1)
    {
        await Drop(($"photo{seed}.png", Photo(seed)));
        await Settled();
    }

    /// <summary>Waits until the open photo has all its maps.</summary>
    internal async Task Settled()
    {
        await Page.WaitForFunctionAsync("() => document.querySelectorAll('.view').length > 0 && [...document.querySelectorAll('.view')].every(view => view.dataset.map === 'shown')");
        await Page.WaitForFunctionAsync("() => document.querySelector('.features').dataset.node && document.querySelector('.grid canvas').height > 0");
    }

    public async ValueTask DisposeAsync()
    {
        await _open.DisposeAsync();
        await _app.DisposeAsync();
        _folder.Dispose();
    }

    private static Model Network(string name, ulong seed)
    {
        Model model = Zoo.Create(name).Initialize(seed);
        return model.With(model.Metadata with { Labels = ["daisy", "tulip", "rose", "sunflower", "lily", "iris", "poppy", "aster", "peony", "cornflower"] });
    }
}
