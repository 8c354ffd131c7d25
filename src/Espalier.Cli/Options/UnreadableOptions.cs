using Espalier.Data;

namespace Espalier.Cli;

/// <summary>The option --unreadable: the handling of images that cannot be read.</summary>
internal static class UnreadableOptions
{
    internal static Option<UnreadableSamples> Create() => new("--unreadable")
    {
        Description = "The handling of images that cannot be read: 'skip' (the default) skips them (in training, others replace them); 'stop' ends the run. In both cases they are counted and listed.",
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

    /// <summary>The requested handling; by default they are skipped.</summary>
    internal static UnreadableSamples Read(ParseResult parsed, Option<UnreadableSamples> option) => parsed.GetResult(option) is null ? UnreadableSamples.Replace : parsed.GetValue(option);
}
