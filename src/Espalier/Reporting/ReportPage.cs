using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace Espalier;

/// <summary>Makes one HTML file of the page's files and the data of a report. A content security policy allows its own script and style alone, by their digests, and no request.</summary>
internal static partial class ReportPage
{
    private const string Html = "report.html";
    private const string Placeholder = "{}";

    /// <summary>Returns the file in UTF-8.</summary>
    /// <param name="title">The title, which is text.</param>
    /// <param name="json">The data, without &lt; in it (<see cref="ReportJson"/>).</param>
    internal static byte[] Render(string title, ReadOnlySpan<byte> json)
    {
        if (json.Contains((byte)'<'))
        {
            throw new ArgumentException("The data has a '<', which could end the element that holds it.", nameof(json));
        }

        (string before, string after) = s_parts.Value;
        using var page = new MemoryStream();
        page.Write(Encoding.UTF8.GetBytes(Title().Replace(before, match => $"<title>{WebUtility.HtmlEncode(title)}</title>", 1)));
        page.Write(json);
        page.Write(Encoding.UTF8.GetBytes(after));
        return page.ToArray();
    }

    /// <summary>The page before and after its data.</summary>
    private static readonly Lazy<(string Before, string After)> s_parts = new(() =>
    {
        string html = PageFiles.Read(Html);
        string style = Closed("style", string.Concat(StyleSheet().Matches(html).Select(sheet => PageFiles.Read(sheet.Groups[1].Value))));
        string script = Closed("script", ModuleBundle.Of(Module().Match(html).Groups[1].Value, PageFiles.Read));
        string policy = $"default-src 'none'; img-src data:; style-src '{Digest(style)}'; script-src '{Digest(script)}'; base-uri 'none'; form-action 'none'";
        html = StyleSheet().Replace(html, "");
        html = html.Replace("<meta name=\"viewport\"", $"<meta http-equiv=\"Content-Security-Policy\" content=\"{policy}\">\n<meta name=\"viewport\"", StringComparison.Ordinal);
        html = html.Replace("</head>", $"<style>{style}</style>\n</head>", StringComparison.Ordinal);
        html = Module().Replace(html, match => $"<script type=\"module\">{script}</script>");
        string[] parts = html.Split($"id=\"data\">{Placeholder}<", 2);
        return ($"{parts[0]}id=\"data\">", $"<{parts[1]}");
    });

    /// <summary>A text that cannot end the element that it is put into.</summary>
    private static string Closed(string element, string text) => text.Contains($"</{element}", StringComparison.OrdinalIgnoreCase) || text.Contains("<!--", StringComparison.Ordinal)
        ? throw new InvalidOperationException($"a file of the page has '</{element}' or '<!--' in it")
        : text;

    private static string Digest(string text) => $"sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(text)))}";

    [GeneratedRegex("<link rel=\"stylesheet\" href=\"([\\w-]+\\.css)\">\n")]
    private static partial Regex StyleSheet();

    [GeneratedRegex("<script type=\"module\" src=\"([\\w-]+\\.js)\"></script>")]
    private static partial Regex Module();

    [GeneratedRegex("<title>[^<]*</title>")]
    private static partial Regex Title();
}
