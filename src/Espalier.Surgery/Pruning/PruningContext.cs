using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Surgery;

/// <summary>What criteria and targets of pruning may need from outside: surgery knows neither data nor time. Whatever a request does not need may be left out.</summary>
public sealed record PruningContext
{
    /// <summary>A context with nothing in it.</summary>
    public static PruningContext None { get; } = new();

    /// <summary>The gradients of a model's loss, by the name of a parameter and of its shape.</summary>
    public Func<Model, Func<string, Tensor>>? Gradients { get; init; }

    /// <summary>A batch of inputs of a model.</summary>
    public Func<Model, Tensor>? Samples { get; init; }

    /// <summary>What runs models.</summary>
    public IRuntime? Runtime { get; init; }

    /// <summary>Threads that share one run; 0 for one for each processor.</summary>
    public int Threads { get; init; }

    /// <summary>The size of a model's file.</summary>
    public Func<Model, long>? Bytes { get; init; }

    /// <summary>The time that a model takes for one sample.</summary>
    public Func<Model, double>? Milliseconds { get; init; }

    /// <summary>What to say where something is needed that is not there.</summary>
    internal static EspalierException Missing(string what, string function) => new($"{what} is needed: give the {nameof(PruningContext)} a function {function}");

    /// <summary>The gradients of a model, where a request's criterion looks at them; <see langword="null"/> where there are none, which the criterion then says.</summary>
    internal Func<string, Tensor>? GradientsFor(PruningRequest request, Model model) => request.Needs.HasFlag(PruningNeeds.Gradients) ? Gradients?.Invoke(model) : null;

    /// <summary>The same, but gradients of one model are taken once, however often they are asked for.</summary>
    internal PruningContext Remembering()
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
