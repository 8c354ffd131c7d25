using System.Reflection;

namespace Espalier.Testing;

/// <summary>Runs a program of samples/ within a test.</summary>
public static class SampleProgram
{
    private static readonly Lock s_console = new();

    /// <summary>Runs a program without arguments.</summary>
    /// <param name="own">A type of the program.</param>
    /// <returns>The lines that it prints.</returns>
    public static string[] Run(Type own)
    {
        ArgumentNullException.ThrowIfNull(own);
        lock (s_console)
        {
            TextWriter before = Console.Out;
            using var output = new StringWriter();
            try
            {
                Console.SetOut(output);
                own.Assembly.EntryPoint!.Invoke(null, BindingFlags.DoNotWrapExceptions, null, [Array.Empty<string>()], null);
            }
            finally
            {
                Console.SetOut(before);
            }

            return output.ToString().Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries);
        }
    }
}
