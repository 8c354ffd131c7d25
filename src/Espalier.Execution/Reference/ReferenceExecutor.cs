using System.Numerics;
using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Execution;

/// <summary>Runs a graph node by node with the naive kernels, as its definition says: slow, simple, and the oracle of everything fast.</summary>
public static class ReferenceExecutor
{
    /// <summary>The first output for a batch of samples, computed in double.</summary>
    /// <param name="model">The model; its input shape is taken from <paramref name="input"/>.</param>
    /// <param name="input">Float32, [batch, …sample].</param>
    /// <returns>Float32, [batch, …output].</returns>
    public static Tensor Run(Model model, Tensor input)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(input);
        Graph graph = model.Graph.WithInput(input.Shape.WithoutFirst());
        int batch = input.Shape[0];
        string output = graph.Outputs[0];
        double[] result = RunAll(graph, model.Parameters, input.To(ElementType.Float64).Read<double>(), batch)[output];
        Tensor tensor = Tensor.Zeros(graph.ShapeOf(output).Prepend(batch));
        Span<float> values = tensor.Write<float>();
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = (float)result[i];
        }

        return tensor;
    }

    /// <summary>Every node's result for a batch of samples, by name, in plain order: sample by sample, channel by channel, row by row.</summary>
    /// <typeparam name="T">What to compute in: <see langword="float"/> or <see langword="double"/>.</typeparam>
    public static IReadOnlyDictionary<string, T[]> RunAll<T>(Graph graph, Parameters parameters, ReadOnlySpan<T> input, int batch)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(graph);
        ArgumentNullException.ThrowIfNull(parameters);
        var results = new Dictionary<string, T[]>(StringComparer.Ordinal);
        foreach (Node node in graph.Nodes)
        {
            T[] result = new T[checked((int)(batch * graph.ShapeOf(node.Name).Count))];
            if (node.Op is Input)
            {
                input.CopyTo(result);
            }
            else
            {
                var call = new ReferenceCall<T>(graph, parameters, node, batch, name => results[name]);
                ReferenceOps.Run(call, result);
            }

            results[node.Name] = result;
        }

        return results;
    }
}
