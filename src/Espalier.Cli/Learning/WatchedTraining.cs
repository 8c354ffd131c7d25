using Espalier.Serving;
using Espalier.Training;
using Microsoft.AspNetCore.Builder;

namespace Espalier.Cli;

/// <summary>A training with a page that shows it while it runs.</summary>
internal static class WatchedTraining
{
    /// <summary>Runs a training; the page is there until it ends.</summary>
    /// <param name="port">The page's port, 0 for a free one.</param>
    /// <param name="context">The terminal, which is told the page's address, and the cancellation token.</param>
    /// <param name="training">The training.</param>
    /// <param name="place">Its output.</param>
    /// <param name="name">What is trained.</param>
    internal static TrainingOutcome Run(int port, CliContext context, ImageTraining training, TrainingOutput place, string name) => RunAsync(port, context, training, place, name).GetAwaiter().GetResult();

    private static async Task<TrainingOutcome> RunAsync(int port, CliContext context, ImageTraining training, TrainingOutput place, string name)
    {
        var feed = new TrainingFeed(name);
        await using WebApplication app = WatchServer.Create(feed, port);
        await app.StartAsync().ConfigureAwait(false);
        context.Terminal.Note($"watch the training at {app.Urls.First()}");
        string how = "The training was stopped.";
        try
        {
            TrainingOutput shown = place with { Begun = feed.Begin, Steps = feed, Epochs = feed.Report };
            TrainingOutcome outcome = new DisplayedTraining(context, training.With(Watch(training.Options.Training, feed)), shown).Run();
            how = "The training is finished.";
            return outcome;
        }
        finally
        {
            feed.End(how);
            await app.StopAsync().ConfigureAwait(false);
        }
    }

    /// <summary>The options, whose gradual pruning tells of its steps.</summary>
    private static TrainingOptions Watch(TrainingOptions options, TrainingFeed feed) =>
        options with { Extensions = [.. options.Extensions.Select(extension => extension is GradualPruning pruning ? pruning with { Pruned = feed.Report } : extension)] };
}
