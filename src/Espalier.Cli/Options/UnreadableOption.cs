using System.CommandLine;
using Espalier.Data;

namespace Espalier.Cli.Options;

/// <summary>The option that says what is done about images that cannot be read.</summary>
internal static class UnreadableOption
{
    internal static Option<UnreadableSamples> Create() => new("--unreadable")
    {
        Description = "What to do about images that cannot be read: 'skip' goes on without them (in training, others take their places); 'stop' ends the run. Either way they are counted and named.",
        HelpName = "skip|stop",
        DefaultValueFactory = _ => UnreadableSamples.Replace,
        CustomParser = result =>
        {
            string text = result.Tokens[0].Value;
            if (text is not ("skip" or "stop"))
            {
                result.AddError($"--unreadable is skip or stop, found '{text}'");
            }

            return text == "stop" ? UnreadableSamples.Stop : UnreadableSamples.Replace;
        },
    };
}
