using Espalier.Graphs;

namespace Espalier.Models;

/// <summary>Appends a normalization layer under a name, as in <c>norm(x, "bn1")</c>. <see cref="Norms"/> contains the predefined norms.</summary>
/// <param name="x">The value to normalize.</param>
/// <param name="name">The node's name within the current scope.</param>
public delegate Value Norm(Value x, string name);
