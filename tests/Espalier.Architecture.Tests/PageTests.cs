using System.Text.RegularExpressions;

namespace Espalier.Architecture.Tests;

/// <summary>The pages, which are read in the repository and, made by <c>publish/site</c>, as a site.</summary>
public sealed partial class PageTests
{
    private static readonly string[] s_pages =
    [
        .. Directory.GetFiles(Repository.Root, "*.md").Select(file => Path.GetFileName(file)),
        .. new[] { "bench", "docs", "samples", "src", "tests" }.SelectMany(folder => Repository.Files(folder, "*.md")),
    ];

    [Fact]
    public void The_sites_contents_list_every_page_once()
    {
        string[] contents = ["toc.yml", .. Repository.Files("docs", "toc.yml")];
        IEnumerable<string> listed = contents.SelectMany(file => Entry().Matches(Repository.Read(file)).Select(match => Resolve(file, match.Groups[1].Value))).Where(path => path.EndsWith(".md", StringComparison.Ordinal));
        Assert.Contains("docs/library.md", s_pages);
        Assert.Equal(s_pages.Order(StringComparer.Ordinal), listed.Order(StringComparer.Ordinal));
    }

    /// <summary>Not to folders, which only the repository's own pages show.</summary>
    [Fact]
    public void Every_link_leads_to_a_file() => Assert.Equal([], s_pages.SelectMany(page => Links(Repository.Read(page))
        .Where(link => !File.Exists(Path.Combine(Repository.Root, Resolve(page, link))))
        .Select(link => $"{page}: {link}")));

    [Fact]
    public void Links_are_found() => Assert.Equal(["a/b.md", "c.svg"], Links("[x](a/b.md#part), [y](https://example.org), [z](#here), ![w](c.svg)\n```\n[no](link.md)\n```\n"));

    private static IEnumerable<string> Links(string page) => Link().Matches(Fence().Replace(page, "")).Select(match => match.Groups[1].Value);

    private static string Resolve(string page, string link) => Path.GetRelativePath(Repository.Root, Path.Combine(Repository.Root, Path.GetDirectoryName(page)!, link)).Replace('\\', '/');

    [GeneratedRegex(@"\bhref: ([^\s}]+)")]
    private static partial Regex Entry();

    [GeneratedRegex(@"\]\((?!https?:)([^)#\s]+)(?:#[^)\s]*)?\)")]
    private static partial Regex Link();

    [GeneratedRegex("^```.*?^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Fence();
}
