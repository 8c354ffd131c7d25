using Espalier.Training;

namespace Espalier.Cli;

/// <summary>The options of data-parallel training: the parts of a batch, and how norms see them.</summary>
internal sealed class ParallelOptions
{
    private const int MostParts = 1 << 16;

    private readonly Option<int> _parts = NumberOptions.Create(
        "--parts", "Cuts each batch into so many parts, whose gradients are summed in a fixed order, so that the result is the same for any number of processes ('mpiexec -n 4 espalier train …'). One for each process unless given.", 1, MostParts, null);

    private readonly Option<bool> _synchronizes = new("--sync-bn")
    {
        Description = "Batch norms use the statistics of the whole batch rather than of each part.",
    };

    private readonly Option<int> _rateBatch = NumberOptions.Create(
        "--lr-for-batch", "The batch size that --lr is meant for: it is multiplied by the batch size over this one (Goyal 2017, the linear scaling rule; use it with --warmup).", 1, 1 << 24, null);

    internal void AddTo(Command command) => command.AddAll(_parts, _synchronizes, _rateBatch);

    /// <summary>The options of a training with the parts and the processes; threads are shared by the processes of a machine unless they are given.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="context">The processes.</param>
    /// <param name="options">The other options.</param>
    /// <param name="images">The number of training images, which limits the batch.</param>
    internal ImageTrainingOptions Apply(ParseResult parsed, CliContext context, ImageTrainingOptions options, int images)
    {
        if (parsed.Given(_rateBatch) is int batch)
        {
            options = options with { Training = options.Training with { LearningRate = options.Training.LearningRate * Math.Min(options.Batch, images) / batch } };
        }

        int parts = parsed.Given(_parts) ?? 0;
        bool synchronizes = parsed.GetValue(_synchronizes);
        if (synchronizes && parts <= 1 && context.Processes is null)
        {
            throw new EspalierException("--sync-bn needs several parts: --parts N, or several processes ('mpiexec -n 4 espalier train …')");
        }

        if (parts == 0 && context.Processes is null)
        {
            return options;
        }

        var parallel = new DataParallel { Processes = context.Processes, Parts = parts, SynchronizeNorms = synchronizes };
        return options with { Training = options.Training with { Parallel = parallel, Threads = CommonOptions.Threads(parsed, context) } };
    }
}
