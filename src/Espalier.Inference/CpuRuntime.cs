using Espalier.Execution;
using Espalier.Graphs;

namespace Espalier.Inference;

/// <summary>Runs and trains models on the CPU with vector kernels: <see cref="Predictor"/> and <see cref="TrainingPlan"/> behind the seam that all runtimes share.</summary>
/// <param name="options">What only this runtime knows: vectors, kernels, plans. Threads and shapes that a call asks for come before those here.</param>
public sealed class CpuRuntime(PredictorOptions options = default) : IRuntime
{
    /// <summary>With the machine's best vectors and a thread for each processor.</summary>
    public static CpuRuntime Instance { get; } = new();

    /// <inheritdoc/>
    public string Name => "cpu";

    /// <summary>Makes a model ready for inference: see <see cref="Predictor"/>.</summary>
    /// <param name="model">The model; it is not changed.</param>
    /// <param name="options">Threads, shapes.</param>
    public Predictor Prepare(Model model, RunOptions options = default) => new(model, Options(options));

    IRunnable IRuntime.Prepare(Model model, RunOptions options) => Prepare(model, options);

    /// <summary>Makes a model ready for training: see <see cref="TrainingPlan"/>.</summary>
    /// <param name="model">The model; it is not changed.</param>
    /// <param name="options">Batch, seed, what is frozen.</param>
    internal TrainingPlan PrepareTraining(Model model, TrainingRunOptions options) => TrainingPlan.Build(model, PlanOptions(options));

    ITrainingRun IRuntime.PrepareTraining(Model model, TrainingRunOptions options) => PrepareTraining(model, options);

    private PredictorOptions Options(RunOptions run) => options with
    {
        Threads = run.Threads != 0 ? run.Threads : options.Threads,
        Workers = run.Workers ?? options.Workers,
        SingleShape = run.SingleShape || options.SingleShape,
        Unfolded = run.Unfolded || options.Unfolded,
    };

    private TrainingPlanOptions PlanOptions(TrainingRunOptions run)
    {
        ArgumentNullException.ThrowIfNull(run);
        return new TrainingPlanOptions(run) { InstructionSet = options.InstructionSet, ConvolutionKernels = options.ConvolutionKernels, Workers = run.Workers ?? options.Workers };
    }
}
