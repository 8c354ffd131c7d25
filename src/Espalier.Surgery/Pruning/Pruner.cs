using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Surgery;

/// <summary>Prunes a model: single weights by masks, channels or residual blocks for real.</summary>
public static class Pruner
{
    /// <summary>Does what a request asks for and writes a line of lineage.</summary>
    /// <param name="model">The model; it is not changed.</param>
    /// <param name="request">What goes: a <see cref="WeightPruning"/>, a <see cref="ChannelPruning"/> or a <see cref="BlockPruning"/>.</param>
    /// <param name="context">What criteria and targets need from outside: gradients, samples, sizes, times; <see langword="null"/> where they need nothing.</param>
    /// <param name="step">Which of several prunings it is that together do what the request asks for; <see langword="null"/> for all of it at once.</param>
    /// <exception cref="EspalierException">The request is not possible; the message names the layer or the option and says what would work.</exception>
    public static PruningResult Prune(this Model model, PruningRequest request, PruningContext? context = null, PruningStep? step = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(request);
        return request.Run(model, (context ?? PruningContext.None).Cached(), step);
    }
}
