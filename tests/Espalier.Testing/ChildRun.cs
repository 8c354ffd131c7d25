using System.Diagnostics;

namespace Espalier.Testing;

/// <summary>Runs tests of this assembly in a process of their own, with other environment variables: what the processor can do is decided at a process's start.</summary>
public static class ChildRun
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    /// <summary>Runs the explicit tests of a class, and fails unless some ran and all passed.</summary>
    public static void Of(Type tests, params (string Name, string Value)[] environment)
    {
        string program = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";
        var start = new ProcessStartInfo(program, [tests.Assembly.Location, "-explicit", "only", "-class", tests.FullName!])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach ((string name, string value) in environment)
        {
            start.Environment[name] = value;
        }

        using Process child = Process.Start(start)!;
        Task<string> errors = child.StandardError.ReadToEndAsync();
        string output = child.StandardOutput.ReadToEnd();
        bool ended = child.WaitForExit(Patience);
        string what = $"{string.Join(' ', environment)}\n{output}\n{errors.Result}";
        Assert.True(ended && child.ExitCode == 0, what);
        Assert.DoesNotContain("Total: 0", output, StringComparison.Ordinal);
        Assert.Contains("Total: ", output, StringComparison.Ordinal);
    }
}
