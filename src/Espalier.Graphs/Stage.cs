using Espalier.Tensors;

namespace Espalier.Graphs;

/// <summary>A part of a network that the papers' tables show as one row.</summary>
/// <param name="Name">The stage's name, such as <c>conv2_x</c>.</param>
/// <param name="Scopes">The scopes that it consists of, such as <c>maxpool</c> and <c>layer1</c>.</param>
public sealed record Stage(string Name, ValueList<string> Scopes)
{
    /// <summary>Whether a node belongs to the stage.</summary>
    public bool Contains(string node) => Scopes.Any(scope => ScopeName.Contains(scope, node));
}
