using System.Diagnostics.CodeAnalysis;
using Espalier.Tensors;

namespace Espalier.Graphs;

/// <summary>A graph or an operation on it is invalid: the message names the node, what was found and what was expected.</summary>
public sealed class GraphException : EspalierException
{
    /// <summary>Creates the error.</summary>
    /// <param name="node">The node at fault, or a name for the part of the graph where no single node is.</param>
    /// <param name="reason">What was found and what was expected.</param>
    public GraphException(string node, string reason) : base($"{node}: {reason}")
    {
        Node = node;
        Reason = reason;
    }

    /// <summary>The node at fault.</summary>
    public string Node { get; }

    /// <summary>What was found and what was expected.</summary>
    public string Reason { get; }

    /// <summary>Throws a new <see cref="GraphException"/>.</summary>
    [DoesNotReturn]
    public static void Throw(string node, string reason) => throw new GraphException(node, reason);
}
