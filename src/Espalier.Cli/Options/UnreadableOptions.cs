using Espalier.Data;

namespace Espalier.Cli;

/// <summary>The option that says what is done about images that cannot be read.</summary>
internal static class UnreadableOptions
{
    internal static Option<UnreadableSamples> Create() => new("--unreadable")
    {
        Description = "What to do about images that cannot be read: 'skip' (unless given) skips them (in training, others replace them); 'stop' ends the run. In both cases they are counted and listed.",
        HelpName = "skip|stop",
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

    /// <summary>What was asked for; to skip them unless told.</summary>
    internal static UnreadableSamples Read(ParseResult parsed, Option<UnreadableSamples> option) => parsed.GetResult(option) is null ? UnreadableSamples.Replace : parsed.GetValue(option);
}
