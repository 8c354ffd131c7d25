using Espalier.Graphs;

namespace Espalier.Models;

/// <summary>Adds a norm of some kind under a name: <c>norm(x, "bn1")</c>. <see cref="Norms"/> has ready ones.</summary>
/// <param name="x">What is normalised.</param>
/// <param name="name">The node's name within the current scope.</param>
public delegate Value Norm(Value x, string name);
