using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Training;

/// <summary>A model made ready to train: forward and backward passes over one planned arena, on the kernels that inference uses.</summary>
/// <remarks>
/// Results are the same, bit for bit, for any number of threads and on every repeat. Not safe to share between threads. A graph of several
/// outputs is trained on its first.
/// </remarks>
public sealed class TrainingPlan
{
    private TrainingPlan(Model model) => Model = model;

    /// <summary>The model as it was given.</summary>
    public Model Model { get; }

    /// <summary>The shape of one sample.</summary>
    public Shape InputShape => throw new NotImplementedException();

    /// <summary>The shape of one sample's result: <c>[classes]</c> for a classifier.</summary>
    public Shape OutputShape => throw new NotImplementedException();

    /// <summary>The memory it takes: known before any step, because the arena is made by the first one.</summary>
    public MemoryForecast Memory => throw new NotImplementedException();

    /// <summary>Every parameter that is no buffer, frozen ones included, in the order of the graph.</summary>
    public IReadOnlyList<TrainingParameter> Parameters => throw new NotImplementedException();

    /// <summary>Running statistics and other buffers as they are now, by name. The tensors are the plan's own and change with every forward pass.</summary>
    public IReadOnlyDictionary<string, Tensor> Buffers => throw new NotImplementedException();

    /// <summary>Makes a plan.</summary>
    /// <param name="model">The model; it is not changed.</param>
    /// <param name="options">Batch, seed, what is frozen.</param>
    /// <param name="pool">The threads that share each step; stays the caller's.</param>
    public static TrainingPlan Build(Model model, TrainingPlanOptions options, WorkerPool pool)
    {
        ArgumentNullException.ThrowIfNull(pool);
        _ = options;
        return new TrainingPlan(model);
    }

    /// <summary>Runs the network in training mode: batch statistics, which also go into the running ones, and random drops.</summary>
    /// <param name="images">Float32, [n, …sample], with n at most <see cref="TrainingPlanOptions.Batch"/>.</param>
    /// <param name="step">Which draws to use: they are a pure function of (seed, step, node).</param>
    /// <returns>[n, …output] in plain order; overwritten by the next call.</returns>
    public ReadOnlySpan<float> Forward(Tensor images, long step) => throw new NotImplementedException();

    /// <summary>Adds the gradient of the last forward pass's batch to every parameter's gradient it reaches.</summary>
    /// <param name="outputGradient">The loss's gradient by the result of <see cref="Forward"/>, in the same order.</param>
    public void Backward(ReadOnlySpan<float> outputGradient) => throw new NotImplementedException();

    /// <summary>Forgets all parameters' gradients.</summary>
    public void ZeroGradients() => throw new NotImplementedException();

    /// <summary>To be called when parameters have been changed: their packed forms are made anew before the next forward pass.</summary>
    public void ParametersChanged() => throw new NotImplementedException();

    /// <summary>Sets parameters and buffers from a checkpoint; names that are not there stay as they are.</summary>
    /// <exception cref="EspalierException">A tensor's shape is not the parameter's.</exception>
    public void Load(IEnumerable<KeyValuePair<string, Tensor>> values) => throw new NotImplementedException();

    /// <summary>The model with the parameters and running statistics as they are now: a copy.</summary>
    public Model ToModel() => throw new NotImplementedException();
}
