using Espalier.Graphs;

namespace Espalier.Models;

/// <summary>Norms that a network can be built with.</summary>
public static class Norms
{
    /// <summary>Batch norm with PyTorch's defaults: the norm of every published ResNet.</summary>
    public static Norm Batch { get; } = (x, name) => x.BatchNorm(name);

    /// <summary>Group norm (Wu and He 2018), which does not depend on the batch. The paper's choice is 32 groups.</summary>
    /// <param name="groups">Groups; must divide the channels of every layer.</param>
    public static Norm Group(int groups = 32) => (x, name) => x.GroupNorm(name, groups);

    /// <summary>Applies a norm, in the order in which the layers of a block are read.</summary>
    internal static Value Normalise(this Value x, Norm norm, string name) => norm(x, name);
}
