using System.ComponentModel;
using System.Diagnostics;
using Espalier.Tensors;

namespace Espalier.Bench.Workers;

/// <summary>Other programs.</summary>
internal static class ChildProcess
{
    /// <summary>The command that starts this program once more, without arguments.</summary>
    internal static string[] ThisProgram =>
        [Environment.ProcessPath!, .. Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet" ? (string[])[Path.Combine(AppContext.BaseDirectory, "Espalier.Bench.dll")] : []];

    /// <summary>Starts a program.</summary>
    /// <exception cref="EspalierException">There is no such program.</exception>
    internal static Process Start(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception error)
        {
            throw new EspalierException($"cannot start {start.FileName}: {error.Message}", error);
        }
    }

    /// <summary>Runs a program to its end; what it prints is shown only where it fails.</summary>
    /// <param name="what">What errors call it: reports are published, and folders of this machine have no place in them.</param>
    /// <param name="program">The executable.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <exception cref="EspalierException">It ends with an error.</exception>
    internal static void Run(string what, string program, IEnumerable<string> arguments)
    {
        using Process process = Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true });
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        string errors = process.StandardError.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0)
        {
            string text = string.IsNullOrWhiteSpace(errors) ? output.Result : errors;
            string[] lines = text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
            string reason = lines.LastOrDefault(line => line.Contains("rror:", StringComparison.Ordinal)) ?? lines.LastOrDefault("it printed nothing");
            throw new EspalierException($"{what} failed with exit code {process.ExitCode}: {reason}");
        }
    }
}
