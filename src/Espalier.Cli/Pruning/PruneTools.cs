using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Cli;

/// <summary>What prunings need from the layers above the library's surgery, as functions.</summary>
/// <param name="Gradients">The gradients of a model's loss on the data, by parameter.</param>
/// <param name="Sample">A batch of the data, or <see langword="null"/> where there is none.</param>
/// <param name="Run">Runs a model on a batch.</param>
/// <param name="Milliseconds">The time of one sample on this machine.</param>
internal sealed record PruneTools(
    Func<Model, Func<string, Tensor>> Gradients,
    Func<Model, Tensor>? Sample,
    Func<Model, Tensor, Tensor> Run,
    Func<Model, double> Milliseconds)
{
    /// <summary>What to aim at, of a time that is not to be exceeded: a little less, since the next measurement will differ.</summary>
    internal const double LatencyAim = 0.97;

    /// <summary>Does what may be out of reach; the error then names the option that asked for it.</summary>
    internal static T Reach<T>(PruneTarget target, Func<T> prune)
    {
        try
        {
            return prune();
        }
        catch (EspalierException error)
        {
            throw new EspalierException($"{target.Option}: {error.Message}", error);
        }
    }
}
