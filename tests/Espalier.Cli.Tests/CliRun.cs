using System.Text.Json;

namespace Espalier.Cli.Tests;

/// <summary>One run of the program within the test's own process.</summary>
internal sealed record CliRun(int Code, string Out, string Error)
{
    internal static CliRun Of(params string[] args) => Until(TestContext.Current.CancellationToken, args);

    /// <summary>A run that something else may cut short.</summary>
    internal static CliRun Until(CancellationToken cancellation, params string[] args)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        int code = CliApp.Run(args, new Terminal(output, error), cancellation);
        return new CliRun(code, output.ToString(), error.ToString());
    }

    /// <summary>The run succeeded, and standard output is one JSON document.</summary>
    internal JsonElement Json()
    {
        Assert.True(Code == ExitCode.Success, $"exit code {Code}: {Error}");
        using JsonDocument document = JsonDocument.Parse(Out);
        return document.RootElement.Clone();
    }

    /// <summary>The run failed as users' errors do: code 2, nothing on standard output, one line on standard error.</summary>
    internal string UserError()
    {
        Assert.Equal(ExitCode.UserError, Code);
        Assert.Empty(Out);
        string[] lines = [.. Error.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(line => !line.StartsWith("note: ", StringComparison.Ordinal) && !line.StartsWith("warning: ", StringComparison.Ordinal))];
        string line = Assert.Single(lines);
        Assert.StartsWith("espalier: ", line, StringComparison.Ordinal);
        return line;
    }
}
