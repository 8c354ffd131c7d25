using System.Diagnostics;
using System.Net;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Espalier.Packages.Tests;

/// <summary>The sample ModelServer, compiled ahead of time to one file: it serves the page, all files of which are in it, and models.</summary>
public sealed partial class NativeServerTests(PackedSolution solution)
{
    private const long MostBytes = 40_000_000;

    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(1);

    [Fact]
    public async Task It_is_one_file_that_serves_the_page_and_models()
    {
        Assert.SkipUnless(Environment.GetEnvironmentVariable("ESPALIER_FULL") == "1", "takes minutes: ESPALIER_FULL=1 runs it");
        NativeAotTests.SkipWithoutLinker();
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        string sample = Path.Combine(PackedSolution.Repository, "samples", "ModelServer"), folder = solution.NewFolder(), output = solution.NewFolder();
        File.Copy(Path.Combine(sample, "ModelServer.csproj"), Path.Combine(folder, "ModelServer.csproj"));
        string[] program = await File.ReadAllLinesAsync(Path.Combine(sample, "Program.cs"), cancellation);
        await File.WriteAllLinesAsync(Path.Combine(folder, "Program.cs"), program.Where(line => !line.StartsWith("app.MapGet(\"/\"", StringComparison.Ordinal)), cancellation); // so that the page is at /
        Command publish = (await Command.Run(folder, solution.Environment, Command.Dotnet, "publish", "-c", "Release", "-r", RuntimeInformation.RuntimeIdentifier, "-o", output)).Succeeded();
        Assert.DoesNotContain("warning", publish.Out + publish.Error, StringComparison.OrdinalIgnoreCase);
        string file = Path.Combine(output, OperatingSystem.IsWindows() ? "ModelServer.exe" : "ModelServer");
        Assert.InRange(new FileInfo(file).Length, 1, MostBytes);
        TestContext.Current.TestOutputHelper?.WriteLine($"{new FileInfo(file).Length} bytes");

        string alone = Path.Combine(solution.NewFolder(), Path.GetFileName(file)), model = Path.Combine(solution.NewFolder(), "tiny.espalier");
        File.Copy(file, alone);
        string fresh = solution.NewProject(FreshProject.Packages);
        (await Command.Run(fresh, solution.Environment, Command.Dotnet, "run", "-c", "Release", "--", model)).Succeeded();
        await RequireServer(alone, model, cancellation);
    }

    private static async Task RequireServer(string program, string model, CancellationToken cancellation)
    {
        var start = new ProcessStartInfo(program, [model]) { RedirectStandardOutput = true, Environment = { ["ASPNETCORE_URLS"] = "http://127.0.0.1:0" } };
        using Process server = Process.Start(start)!;
        try
        {
            using var client = new HttpClient { BaseAddress = new Uri(await Address(server).WaitAsync(s_patience, cancellation)) };
            string page = await client.GetStringAsync(new Uri("/", UriKind.Relative), cancellation);
            var open = new Queue<string>(Reference().Matches(page).Select(match => match.Groups[1].Value));
            var seen = new HashSet<string>(StringComparer.Ordinal);
            while (open.TryDequeue(out string? name))
            {
                if (seen.Add(name))
                {
                    string text = await client.GetStringAsync(new Uri($"/page/{name}", UriKind.Relative), cancellation);
                    Import().Matches(text).Select(match => match.Groups[1].Value).ToList().ForEach(open.Enqueue);
                }
            }

            Assert.InRange(seen.Count, 15, 30);
            using var photo = new ByteArrayContent(await File.ReadAllBytesAsync(Path.Combine(PackedSolution.Repository, "assets", "icon.png"), cancellation));
            using HttpResponseMessage answer = await client.PostAsync(new Uri("/v1/classify?top=3", UriKind.Relative), photo, cancellation);
            using JsonDocument found = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(cancellation));
            Assert.Equal(3, found.RootElement.GetProperty("predictions").GetArrayLength());
            using HttpResponseMessage map = await client.PostAsync(new Uri("/v1/explain?kind=cam", UriKind.Relative), photo, cancellation);
            Assert.Equal(HttpStatusCode.OK, map.StatusCode);
            Assert.Contains("id=\"data\"", await client.GetStringAsync(new Uri("/v1/report?model=tiny", UriKind.Relative), cancellation), StringComparison.Ordinal);
        }
        finally
        {
            server.Kill();
            await server.WaitForExitAsync(cancellation);
        }
    }

    private static async Task<string> Address(Process server)
    {
        while (await server.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken) is string line)
        {
            if (Listening().Match(line) is { Success: true } match)
            {
                return match.Groups[1].Value;
            }
        }

        throw new InvalidOperationException("the server has ended");
    }

    [GeneratedRegex(@"listening on: (\S+)")]
    private static partial Regex Listening();

    [GeneratedRegex("(?:href|src)=\"page/([\\w.-]+)\"")]
    private static partial Regex Reference();

    [GeneratedRegex("""^import .* from '\./([\w.-]+)';$""", RegexOptions.Multiline)]
    private static partial Regex Import();
}
