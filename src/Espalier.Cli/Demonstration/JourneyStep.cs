using Espalier.Graphs;

namespace Espalier.Cli;

/// <summary>A station of the journey from a rich network to a small one.</summary>
/// <param name="Name">What was done.</param>
/// <param name="Model">The network after it, with its figures in the last line of its lineage.</param>
internal sealed record JourneyStep(string Name, Model Model)
{
    /// <summary>Whether it is run as it will be used: folded, fused, with the kernels that suit each layer. Otherwise as it stands, layer by layer with one dense kernel.</summary>
    internal bool IsCompiled { get; init; }

    /// <summary>The median time of one picture on one thread.</summary>
    internal double Milliseconds { get; init; }

    /// <summary>Where it was written.</summary>
    internal string File { get; init; } = "";

    /// <summary>Size, work and accuracy.</summary>
    internal ModelFigures Figures => Model.LastFigures() ?? throw new InvalidOperationException($"'{Name}' has no figures.");
}
