using System.ComponentModel;
using System.Diagnostics;

namespace Espalier.Formats.Tests.Support;

/// <summary>Other programs, where they are there.</summary>
internal static class Processes
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    /// <summary>Runs a program to its end; false if there is none or it fails. <paramref name="output"/> is what it printed, errors included.</summary>
    public static bool TryRun(string program, string[] arguments, out string output)
    {
        output = "";
        try
        {
            var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
            using Process process = Process.Start(start)!;
            Task<string> errors = process.StandardError.ReadToEndAsync();
            output = process.StandardOutput.ReadToEnd() + errors.Result;
            return process.WaitForExit(Patience) && process.ExitCode == 0;
        }
        catch (Win32Exception)
        {
            return false;
        }
    }
}
