using System.Diagnostics.CodeAnalysis;
using Espalier.Tensors;

namespace Espalier.Graphs;

/// <summary>A graph that cannot be: its message names the node, what was found and what was expected.</summary>
public sealed class GraphException : EspalierException
{
    /// <summary>Makes the error.</summary>
    /// <param name="node">The node at fault, or the graph's part where no one node is.</param>
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

    /// <summary>Throws.</summary>
    [DoesNotReturn]
    public static void Throw(string node, string reason) => throw new GraphException(node, reason);
}
