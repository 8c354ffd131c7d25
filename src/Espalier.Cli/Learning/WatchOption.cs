using Espalier.Training;

namespace Espalier.Cli;

/// <summary>The option <c>--watch</c>: a page that shows a training while it runs. A build without serving has none.</summary>
internal sealed class WatchOption
{
    private readonly Option<int>? _port = Create();

    internal void AddTo(Command command) => command.AddAll(_port is null ? [] : [_port]);

    /// <summary>Runs a training; with the option, the page is there until it ends.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="context">The terminal and the cancellation token.</param>
    /// <param name="training">The training.</param>
    /// <param name="place">Its output.</param>
    /// <param name="name">What is trained, in the page's heading.</param>
    internal TrainingOutcome Run(ParseResult parsed, CliContext context, ImageTraining training, TrainingOutput place, string name)
    {
        if (_port is null || parsed.Given(_port) is not { } port || context.Processes is { Rank: > 0 }) // of several processes the first one has the page
        {
            return new DisplayedTraining(context, training, place).Run();
        }

#if NO_SERVING
        throw new NotSupportedException($"--watch {port}: this build has no server");
#else
        return WatchedTraining.Run(port, context, training, place, name);
#endif
    }

#if NO_SERVING
    private static Option<int>? Create() => null;
#else
    private static Option<int> Create() => NumberOptions.Create(
        "--watch", "Serves a page on this port of this machine that shows loss, accuracy, learning rate, augmented images and pruning steps as they come; 0 for a free port.", 0, ushort.MaxValue, null);
#endif
}
