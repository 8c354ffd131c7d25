namespace Espalier.Surgery;

/// <summary>A condition on a training step: that a stochastic depth node's branch survives, or that it does not.</summary>
/// <param name="Join">The node's name.</param>
/// <param name="Survives">Whether the branch survives.</param>
internal readonly record struct Draw(string Join, bool Survives)
{
    /// <summary>The opposite outcome of the same draw.</summary>
    internal Draw Opposite => this with { Survives = !Survives };
}
