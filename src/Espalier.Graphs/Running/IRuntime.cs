namespace Espalier.Graphs;

/// <summary>Something that runs models: the naive reference, the CPU, an accelerator. Everything that runs a model, passes and training included, takes one.</summary>
/// <remarks>
/// What a model computes is defined by its ops; a runtime may only round differently. The conformance suite (<c>Espalier.Execution.Conformance</c>) holds every
/// runtime to that. Safe to share between threads.
/// </remarks>
public interface IRuntime
{
    /// <summary>The name it is chosen by: <c>cpu</c>, <c>reference</c>. Lower case, without spaces.</summary>
    string Name { get; }

    /// <summary>Makes a model ready for inference.</summary>
    /// <param name="model">The model; it is not changed.</param>
    /// <param name="options">Threads, shapes.</param>
    /// <exception cref="Tensors.EspalierException">This runtime cannot run the model; the message says what it lacks.</exception>
    IRunnable Prepare(Model model, RunOptions options = default);

    /// <summary>Makes a model ready for training.</summary>
    /// <param name="model">The model; it is not changed. A graph of several outputs is trained on its first and on those that the options name.</param>
    /// <param name="options">Batch, seed, what is frozen.</param>
    /// <exception cref="Tensors.EspalierException">This runtime cannot train the model, a frozen scope or a further output does not exist, or the batch needs more memory than there can be.</exception>
    ITrainingRun PrepareTraining(Model model, TrainingRunOptions options);
}
