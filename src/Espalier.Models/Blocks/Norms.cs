using Espalier.Graphs;

namespace Espalier.Models;

/// <summary>The normalization layers that networks can be built with.</summary>
public static class Norms
{
    /// <summary>Batch norm with PyTorch's defaults, as in every published ResNet.</summary>
    public static Norm Batch { get; } = (x, name) => x.BatchNorm(name);

    /// <summary>Batch norm with other attributes; see <see cref="BatchNorm"/>.</summary>
    internal static Norm BatchOf(double epsilon = 1e-5, double momentum = 0.1) => (x, name) => x.BatchNorm(name, epsilon, momentum);

    /// <summary>Group norm (Wu and He 2018), which does not depend on the batch. The paper uses 32 groups.</summary>
    /// <param name="groups">Number of groups; must divide the channels of every layer.</param>
    public static Norm Group(int groups = 32) => (x, name) => x.GroupNorm(name, groups);

    /// <summary>Applies a norm as an extension method, so that a block's layers read in order.</summary>
    internal static Value Normalize(this Value x, Norm norm, string name) => norm(x, name);
}
