using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Espalier.Cli;

/// <summary>The default help, followed by examples.</summary>
internal sealed class HelpWithExamples(HelpAction usual) : SynchronousCommandLineAction
{
    private static readonly string[] RootExamples =
    [
        "espalier demo",
        "espalier summary resnet50",
        "espalier classify resnet50 --weights \"$(espalier fetch resnet50)\" dog.jpg",
    ];

    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult parseResult)
    {
        usual.Invoke(parseResult);
        TextWriter output = parseResult.InvocationConfiguration.Output;
        output.WriteLine("Examples:");
        foreach (string example in (parseResult.CommandResult.Command as Verb)?.Examples ?? RootExamples)
        {
            ScreenWriter.Unwrapped(output).WriteLine($"  {example}"); // not wrapped, so that it can be copied
        }

        return ExitCode.Success;
    }
}
