using Espalier.Graphs;

namespace Espalier.Cli;

/// <summary>A pruning as the command line asks for it.</summary>
internal interface IPruning
{
    /// <summary>The time that was asked for, in milliseconds or as a share, or <see langword="null"/>.</summary>
    PruneTarget? Latency { get; }

    /// <summary>Whether its scores are gradients, which take images to learn from.</summary>
    bool NeedsGradients { get; }

    /// <summary>Does one step of it.</summary>
    PruneOutcome Prune(Model model, PruneStep step, PruneTools tools);
}
