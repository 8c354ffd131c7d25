using System.Numerics;
using Espalier.Graphs;
using Espalier.Kernels;
using Espalier.Tensors;

namespace Espalier.Execution;

/// <summary>What one node reads when the reference executor runs it.</summary>
internal sealed class ReferenceCall<T>(Graph graph, Parameters parameters, Node node, int batch, Func<string, T[]> resultOf)
    where T : unmanaged, IFloatingPointIeee754<T>
{
    internal Node Node => node;

    internal int Batch => batch;

    internal int InputCount => node.Inputs.Count;

    internal ImageShape OutputShape => ShapeOf(node.Name);

    internal ReadOnlySpan<T> Input(int index) => resultOf(node.Inputs[index]);

    internal ImageShape InputShape(int index) => ShapeOf(node.Inputs[index]);

    /// <summary>A parameter's numbers; empty when the op has no such role (a convolution without bias).</summary>
    internal ReadOnlySpan<T> Parameter(string role)
    {
        if (!node.Op.Parameters.Any(spec => spec.Role == role))
        {
            return [];
        }

        Tensor value = parameters[node.Parameter(role)].Value.To(ElementType.Float64);
        ReadOnlySpan<double> from = value.Read<double>();
        T[] numbers = new T[from.Length];
        for (int i = 0; i < numbers.Length; i++)
        {
            numbers[i] = T.CreateSaturating(from[i]);
        }

        return numbers;
    }

    private ImageShape ShapeOf(string name)
    {
        FeatureMap map = FeatureMap.Of(graph.ShapeOf(name));
        return new ImageShape(map.Channels, map.Height, map.Width);
    }
}
