using Espalier.Tensors;

namespace Espalier.Surgery;

/// <summary>A pruning request is not possible for a parameter, channel group or option.</summary>
public sealed class PruningException(string name, string reason) : EspalierException($"{name}: {reason}")
{
    /// <summary>The name of the parameter, channel group or option.</summary>
    public string Name { get; } = name;

    /// <summary>The reason, without the name.</summary>
    public string Reason { get; } = reason;
}
