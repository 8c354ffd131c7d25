using Espalier.Graphs;

namespace Espalier.Formats;

/// <summary>How the names of a checkpoint become those of a network; see <see cref="ModelLoading.Load(NetworkDefinition, StateDict, LoadingOptions)"/>.</summary>
public sealed record LoadingOptions
{
    /// <summary>Renaming rules, applied in order to every name of the checkpoint.</summary>
    public IReadOnlyList<RenameRule> Renames { get; init; } = [];

    /// <summary>Regular expressions for names, after renaming, of tensors that are left out.</summary>
    public IReadOnlyList<string> Drop { get; init; } = [];

    /// <summary>
    /// Regular expressions for names of the network that the checkpoint may lack. They get the values of <see cref="Initial"/>, or, where that is
    /// <see langword="null"/>, are missing after all.
    /// </summary>
    public IReadOnlyList<string> AllowMissing { get; init; } = [];

    /// <summary>Values for the parameters that <see cref="AllowMissing"/> names: those of the same network, initialized.</summary>
    public Parameters? Initial { get; init; }

    /// <summary>Receives one sentence for each assumption: which tensors were left out, and which parameters keep their initial values.</summary>
    public Action<string>? Note { get; init; }
}
