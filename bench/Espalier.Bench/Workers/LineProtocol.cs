using System.Globalization;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Espalier.Inference;

namespace Espalier.Bench.Workers;

/// <summary>The worker's side of the line protocol of bench/README.md.</summary>
internal static partial class LineProtocol
{
    private const int CommitLetters = 9; // the plus sign and eight digits

    /// <summary>Answers one line with one line until <c>quit</c> or the end of the input.</summary>
    internal static int Serve(TextReader commands, TextWriter answers, Func<string, JsonObject> answer)
    {
        Say(answers, new JsonObject
        {
            ["peer"] = "espalier",
            ["version"] = $"{Version()} on {RuntimeInformation.FrameworkDescription}",
        });
        while (commands.ReadLine()?.Trim() is { } line and not "quit")
        {
            Say(answers, AnswerOrError(line, answer));
        }

        return 0;
    }

    internal static int Integer(Group group) => group.Success ? int.Parse(group.ValueSpan, CultureInfo.InvariantCulture) : 0;

    [GeneratedRegex(@"^load (.+?) ([1-9]\d*)(?: ([1-9]\d*))?$")]
    internal static partial Regex LoadCommand();

    [GeneratedRegex(@"^run ([1-9]\d*) ([1-9]\d*)$")]
    internal static partial Regex RunCommand();

    private static void Say(TextWriter answers, JsonObject answer)
    {
        answers.WriteLine(answer.ToJsonString());
        answers.Flush();
    }

    private static JsonObject AnswerOrError(string line, Func<string, JsonObject> answer)
    {
        try
        {
            return answer(line);
        }
#pragma warning disable CA1031 // Whatever goes wrong is an answer: the driver decides whether to go on.
        catch (Exception error)
#pragma warning restore CA1031
        {
            return new JsonObject { ["error"] = error.Message };
        }
    }

    /// <summary>As in 0.1.0+1a2b3c4d: the number and the beginning of the commit.</summary>
    private static string Version()
    {
        string version = typeof(Predictor).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;
        return version[..Math.Min(version.Length, version.IndexOf('+', StringComparison.Ordinal) is >= 0 and int plus ? plus + CommitLetters : version.Length)];
    }
}
