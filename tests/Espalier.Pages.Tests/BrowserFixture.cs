using Espalier.Pages.Tests;
using Microsoft.Playwright;

[assembly: AssemblyFixture(typeof(BrowserFixture))]

namespace Espalier.Pages.Tests;

/// <summary>One Chromium for all tests: the one that is installed, since Playwright's own would have to be downloaded. ESPALIER_CHROMIUM names another.</summary>
public sealed class BrowserFixture : IAsyncLifetime
{
    private static readonly string[] s_places = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

    private IPlaywright? _playwright;
    private IBrowser? _browser;

    private static string? Executable => Environment.GetEnvironmentVariable("ESPALIER_CHROMIUM") is { Length: > 0 } given ? given : s_places.FirstOrDefault(File.Exists);

    /// <summary>The browser; skips the running test where there is none.</summary>
    internal IBrowser Browser
    {
        get
        {
            Assert.SkipWhen(_browser is null, "needs chromium (apt-get install chromium), or ESPALIER_CHROMIUM with its path");
            return _browser!;
        }
    }

    public async ValueTask InitializeAsync()
    {
        if (Executable is string path)
        {
            _playwright = await Playwright.CreateAsync();
            // A container's root has no sandbox.
            _browser = await _playwright.Chromium.LaunchAsync(new() { ExecutablePath = path, Args = Environment.IsPrivilegedProcess ? ["--no-sandbox"] : [] });
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null)
        {
            await _browser.DisposeAsync();
        }

        _playwright?.Dispose();
    }
}
