using Espalier.Tensors;

namespace Espalier.Surgery;

/// <summary>A pruning that cannot be done: of what, why, and what could be.</summary>
public sealed class PruningException(string name, string reason) : EspalierException($"{name}: {reason}")
{
    /// <summary>The parameter or the group of channels, or what was to name one.</summary>
    public string Name { get; } = name;
}
