using Espalier.Tensors;

namespace Espalier.Graphs;

/// <summary>A model run once.</summary>
public static class RuntimeExtensions
{
    /// <summary>The first output of a model for a batch. To run a model several times, prepare it once instead.</summary>
    /// <param name="runtime">What runs it.</param>
    /// <param name="model">The model.</param>
    /// <param name="input">Float32, [batch, …sample].</param>
    /// <param name="options">Threads, shapes.</param>
    public static Tensor Run(this IRuntime runtime, Model model, Tensor input, RunOptions options = default) => runtime.RunAll(model, input, options)[0];

    /// <summary>All outputs of a model for a batch.</summary>
    /// <param name="runtime">What runs it.</param>
    /// <param name="model">The model.</param>
    /// <param name="input">Float32, [batch, …sample].</param>
    /// <param name="options">Threads, shapes.</param>
    public static IReadOnlyList<Tensor> RunAll(this IRuntime runtime, Model model, Tensor input, RunOptions options = default)
    {
        ArgumentNullException.ThrowIfNull(runtime);
        using IRunnable runnable = runtime.Prepare(model, options);
        return runnable.RunAll(input);
    }
}
