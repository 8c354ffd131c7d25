using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Surgery;

/// <summary>The functions that pruning criteria and targets use to get gradients, samples, file sizes and times. Functions that a request does not need can be omitted.</summary>
public sealed record PruningContext
{
    /// <summary>A context without functions.</summary>
    public static PruningContext None { get; } = new();

    /// <summary>Computes the gradients of a model's loss. The result returns the gradient of a parameter by its name, with the shape of the parameter.</summary>
    public Func<Model, Func<string, Tensor>>? Gradients { get; init; }

    /// <summary>Returns a batch of inputs for a model.</summary>
    public Func<Model, Tensor>? Samples { get; init; }

    /// <summary>The runtime that runs models.</summary>
    public IRuntime? Runtime { get; init; }

    /// <summary>The number of threads that share one run; 0 means one for each processor.</summary>
    public int Threads { get; init; }

    /// <summary>Returns the size of the model file of a model, in bytes.</summary>
    public Func<Model, long>? Bytes { get; init; }

    /// <summary>Returns the latency of a model for one sample, in ms.</summary>
    public Func<Model, double>? Milliseconds { get; init; }

    /// <summary>The exception for a function that is needed but missing.</summary>
    internal static EspalierException Missing(string what, string function) => new($"{what} needs {nameof(PruningContext)}.{function} to be set");

    /// <summary>The gradients of a model if the request's criterion needs them; <see langword="null"/> if it does not or if the context has none, which the criterion reports.</summary>
    internal Func<string, Tensor>? GradientsFor(PruningRequest request, Model model) => request.Needs.HasFlag(PruningNeeds.Gradients) ? Gradients?.Invoke(model) : null;

    /// <summary>The same context, but with gradients that are computed only once per model.</summary>
    internal PruningContext Cached()
    {
        if (Gradients is not { } take)
        {
            return this;
        }

        (Model? of, Func<string, Tensor>? taken) = ((Model?)null, (Func<string, Tensor>?)null);
        return this with
        {
            Gradients = model =>
            {
                taken = ReferenceEquals(of, model) ? taken : take(model);
                of = model;
                return taken!;
            },
        };
    }
}
