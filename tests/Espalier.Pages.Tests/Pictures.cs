using System.Runtime.CompilerServices;
using Microsoft.Playwright;

namespace Espalier.Pages.Tests;

/// <summary>Pictures of pages, in artifacts/pages, for people to look at.</summary>
internal static class Pictures
{
    private static readonly string s_folder = Path.Combine(Repository(), "artifacts", "pages");

    /// <summary>The repository's folder.</summary>
    internal static string Repository([CallerFilePath] string file = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(file)!, "..", ".."));

    /// <summary>Takes a picture of a whole page.</summary>
    internal static async Task Take(IPage page, string name) => Keep($"{name}.png", await page.ScreenshotAsync(new() { FullPage = true }));

    /// <summary>Writes a file.</summary>
    internal static void Keep(string name, byte[] content)
    {
        Directory.CreateDirectory(s_folder);
        File.WriteAllBytes(Path.Combine(s_folder, name), content);
    }
}
