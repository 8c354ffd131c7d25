namespace Espalier;

/// <summary>The files of the page, which are embedded in the assembly: HTML, style sheets and modules.</summary>
internal static class PageFiles
{
    private const string Prefix = "page/";

    /// <summary>The names of the files, sorted.</summary>
    internal static IReadOnlyList<string> Names { get; } =
    [
        .. typeof(PageFiles).Assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith(Prefix, StringComparison.Ordinal)).Select(name => name[Prefix.Length..]).Order(StringComparer.Ordinal),
    ];

    /// <summary>The text of a file.</summary>
    /// <exception cref="ArgumentException">There is no such file.</exception>
    internal static string Read(string name)
    {
        using Stream stream = typeof(PageFiles).Assembly.GetManifestResourceStream(Prefix + name) ?? throw new ArgumentException($"The page has no file {name}.", nameof(name));
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd().ReplaceLineEndings("\n");
    }
}
