using System.Security.Cryptography;
using System.Text;

namespace Espalier.Serving;

/// <summary>Serves the page's files, which are embedded in the assemblies: those of its own, and those that it shares with reports.</summary>
internal static class PageEndpoint
{
    private const string Prefix = "page/";
    private const string IndexFile = "index.html";
    private const string WatchFile = "watch.html";
    private const string Html = "text/html; charset=utf-8";

    /// <summary>Its own files alone, pictures that the user has chosen or the server has sent as data, and no request to another server.</summary>
    private const string Policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private static readonly string[] s_shared = ["dom.js", "format.js", "report.css", "tables.css", "theme.css", "theme.js"];
    private static readonly Dictionary<string, PageFile> s_files = Files();

    internal static Task Index(HttpContext context) => WriteAsync(context, s_files[IndexFile]);

    /// <summary>The page that watches a training.</summary>
    internal static Task Watch(HttpContext context) => WriteAsync(context, s_files[WatchFile]);

    internal static Task File(HttpContext context) => context.GetRouteValue("file") is string name && name is not (IndexFile or WatchFile) && s_files.TryGetValue(name, out PageFile? file)
        ? WriteAsync(context, file)
        : InformationEndpoints.Unknown(context);

    /// <summary>Writes a report, whose own policy is in it.</summary>
    internal static Task WriteReportAsync(HttpContext context, byte[] report)
    {
        context.Response.Headers.ContentSecurityPolicy = "frame-ancestors 'none'";
        return WriteAsync(context, report, Html);
    }

    private static Task WriteAsync(HttpContext context, PageFile file)
    {
        context.Response.Headers.ContentSecurityPolicy = Policy;
        context.Response.Headers.ETag = file.Tag;
        if (context.Request.Headers.IfNoneMatch == file.Tag)
        {
            context.Response.Headers.CacheControl = "no-cache";
            context.Response.StatusCode = StatusCodes.Status304NotModified;
            return Task.CompletedTask;
        }

        return WriteAsync(context, file.Bytes, file.Type);
    }

    private static async Task WriteAsync(HttpContext context, byte[] bytes, string type)
    {
        HttpResponse response = context.Response;
        response.ContentType = type;
        response.ContentLength = bytes.Length;
        response.Headers.CacheControl = "no-cache"; // another version of the server has other files
        response.Headers.XContentTypeOptions = "nosniff";
        response.Headers["Referrer-Policy"] = "no-referrer";
        await response.Body.WriteAsync(bytes, context.RequestAborted).ConfigureAwait(false);
    }

    private static Dictionary<string, PageFile> Files()
    {
        var files = s_shared.ToDictionary(name => name, name => new PageFile(name, Encoding.UTF8.GetBytes(PageFiles.Read(name))), StringComparer.Ordinal);
        foreach (string name in typeof(PageEndpoint).Assembly.GetManifestResourceNames().Where(name => name.StartsWith(Prefix, StringComparison.Ordinal)))
        {
            using Stream stream = typeof(PageEndpoint).Assembly.GetManifestResourceStream(name)!;
            byte[] bytes = new byte[stream.Length];
            stream.ReadExactly(bytes);
            files.Add(name[Prefix.Length..], new PageFile(name, bytes));
        }

        return files;
    }

    /// <summary>A file of the page.</summary>
    private sealed class PageFile(string name, byte[] bytes)
    {
        internal byte[] Bytes => bytes;

        internal string Type { get; } = Path.GetExtension(name) switch
        {
            ".html" => Html,
            ".css" => "text/css; charset=utf-8",
            ".js" => "text/javascript; charset=utf-8",
            string other => throw new InvalidOperationException($"{name}: {other} has no media type"),
        };

        /// <summary>What changes with the content.</summary>
        internal string Tag { get; } = $"\"{Convert.ToHexStringLower(SHA256.HashData(bytes).AsSpan(0, 8))}\"";
    }
}
