using Espalier.Tensors;

namespace Espalier.Surgery;

/// <summary>A pruning that cannot be done: of what, why, and what could be.</summary>
public sealed class PruningException(string name, string reason) : EspalierException($"{name}: {reason}")
{
    /// <summary>The parameter, the group of channels or the option that it is about.</summary>
    public string Name { get; } = name;

    /// <summary>Why it cannot be done, without the name.</summary>
    public string Reason { get; } = reason;
}
