using Espalier.Serving;
using Espalier.Training;
using Microsoft.AspNetCore.Builder;

namespace Espalier.Cli;

/// <summary>A training with a page that shows it while it runs.</summary>
internal static class WatchedTraining
{
    /// <summary>The option of the page's port.</summary>
    internal static Option<int> Option() => NumberOptions.Create("--watch", "Serves a page on this port of this machine that shows loss, accuracy, learning rate and images per second as they come; 0 for a free port.", 0, ushort.MaxValue, null);

    /// <summary>Runs a training; with a port, the page is there until it ends.</summary>
    /// <param name="port">The port, 0 for a free one, or <see langword="null"/> for no page.</param>
    /// <param name="place">The training's output.</param>
    /// <param name="name">What is trained.</param>
    /// <param name="terminal">Is told the page's address.</param>
    /// <param name="train">Trains.</param>
    internal static TrainingOutcome Run(int? port, TrainingOutput place, string name, Terminal terminal, Func<TrainingOutput, TrainingOutcome> train) =>
        port is { } given ? RunAsync(given, place, name, terminal, train).GetAwaiter().GetResult() : train(place);

    private static async Task<TrainingOutcome> RunAsync(int port, TrainingOutput place, string name, Terminal terminal, Func<TrainingOutput, TrainingOutcome> train)
    {
        var feed = new TrainingFeed(name);
        await using WebApplication app = WatchServer.Create(feed, port);
        await app.StartAsync().ConfigureAwait(false);
        terminal.Note($"watch the training at {app.Urls.First()}");
        string how = "The training was stopped.";
        try
        {
            TrainingOutcome outcome = train(place with { Steps = feed, Epochs = feed.Report });
            how = "The training is finished.";
            return outcome;
        }
        finally
        {
            feed.End(how);
            await app.StopAsync().ConfigureAwait(false);
        }
    }
}
