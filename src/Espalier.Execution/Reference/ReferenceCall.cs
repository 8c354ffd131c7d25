using System.Numerics;
using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Execution;

/// <summary>Inputs and parameters of a node that the reference executor runs.</summary>
internal sealed class ReferenceCall<T>(Graph graph, Node node, int batch, Func<string, T[]> resultOf, Func<string, T[]> parameterOf)
    where T : unmanaged, IFloatingPointIeee754<T>
{
    internal Node Node => node;

    internal TOp Op<TOp>() where TOp : Op => (TOp)node.Op;

    internal int Batch => batch;

    internal int InputCount => node.Inputs.Count;

    internal FeatureMap OutputShape => ShapeOf(node.Name);

    internal ReadOnlySpan<T> Input(int index) => resultOf(node.Inputs[index]);

    internal FeatureMap InputShape(int index) => ShapeOf(node.Inputs[index]);

    /// <summary>A parameter's values; empty when the op has no such role (such as a convolution without bias).</summary>
    internal ReadOnlySpan<T> Parameter(string role) =>
        node.Op.Parameters.Any(spec => spec.Role == role) ? parameterOf(node.Parameter(role)) : [];

    private FeatureMap ShapeOf(string name)
    {
        FeatureMap map = FeatureMap.Of(graph.ShapeOf(name));
        return new FeatureMap(map.Channels, map.Height, map.Width);
    }
}
