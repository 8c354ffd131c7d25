using System.Numerics;
using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Execution;

/// <summary>Runs a graph node by node with naive kernels: slow, simple, and the reference that faster executors are tested against.</summary>
internal static class ReferenceExecutor
{
    /// <summary>Computes the first output for a batch of samples, in double precision.</summary>
    /// <param name="model">The model; its input shape is taken from <paramref name="input"/>.</param>
    /// <param name="input">Float32, [batch, …sample].</param>
    /// <returns>Float32, [batch, …output].</returns>
    public static Tensor Run(Model model, Tensor input) => RunOutputs(model, input)[0];

    /// <summary>Computes all outputs for a batch of samples, in double precision, in the order of <see cref="Graph.Outputs"/>.</summary>
    /// <param name="model">The model; its input shape is taken from <paramref name="input"/>.</param>
    /// <param name="input">Float32, [batch, …sample].</param>
    public static IReadOnlyList<Tensor> RunOutputs(Model model, Tensor input) => RunOutputs(model, input, null);

    internal static IReadOnlyList<Tensor> RunOutputs(Model model, Tensor input, Action<Node, double[]>? perturb)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(input);
        BatchStatistics.RequireRunning(model.Graph);
        Graph graph = model.Graph.WithInput(input.Shape.WithoutFirst());
        int batch = input.Shape[0];
        var samples = new Dictionary<string, double[]> { [graph.Input.Name] = input.To(ElementType.Float64).Read<double>().ToArray() };
        IReadOnlyDictionary<string, double[]> results = RunAll(graph, model.Parameters, samples, batch, perturb);
        return [.. graph.Outputs.Select(name => ToFloat(results[name], graph.ShapeOf(name).Prepend(batch)))];
    }

    /// <summary>Computes the outputs of all nodes for a batch of samples, by name, in row-major order [sample, channel, row, column].</summary>
    /// <typeparam name="T">The type to compute in: <see langword="float"/> or <see langword="double"/>.</typeparam>
    /// <param name="graph">The network.</param>
    /// <param name="parameters">The values of its parameters and buffers, by name.</param>
    /// <param name="inputs">The samples for each input node, by name.</param>
    /// <param name="batch">Number of samples.</param>
    public static IReadOnlyDictionary<string, T[]> RunAll<T>(Graph graph, Parameters parameters, IReadOnlyDictionary<string, T[]> inputs, int batch)
        where T : unmanaged, IFloatingPointIeee754<T> => RunAll(graph, parameters, inputs, batch, null);

    /// <summary>As <see cref="RunAll{T}(Graph, Parameters, IReadOnlyDictionary{string, T[]}, int)"/>, with a callback that modifies the result of each node. Tests use it to check that an error in an op is detected.</summary>
    internal static IReadOnlyDictionary<string, T[]> RunAll<T>(
        Graph graph, Parameters parameters, IReadOnlyDictionary<string, T[]> inputs, int batch, Action<Node, T[]>? perturb)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(graph);
        ArgumentNullException.ThrowIfNull(parameters);
        ArgumentNullException.ThrowIfNull(inputs);
        parameters = QuantizedLayer.InFloat(graph, parameters);
        var results = new Dictionary<string, T[]>(StringComparer.Ordinal);
        foreach (Node node in graph.Nodes)
        {
            if (node.Op is Input)
            {
                results[node.Name] = inputs[node.Name];
                continue;
            }

            T[] result = new T[checked((int)(batch * graph.ShapeOf(node.Name).Count))];
            ReferenceOps.Run(new ReferenceCall<T>(graph, node, batch, name => results[name], name => Numbers<T>(parameters[name].Effective)), result);
            perturb?.Invoke(node, result);
            results[node.Name] = result;
        }

        return results;
    }

    /// <summary>The values of a model's parameters after masking, by name.</summary>
    public static Dictionary<string, T[]> ValuesOf<T>(Parameters parameters) where T : unmanaged, IFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(parameters);
        return parameters.ToDictionary(pair => pair.Key, pair => Numbers<T>(pair.Value.Effective), StringComparer.Ordinal);
    }

    /// <summary>A tensor's elements, converted to <typeparamref name="T"/>.</summary>
    internal static T[] Numbers<T>(Tensor tensor) where T : unmanaged, IFloatingPointIeee754<T>
    {
        ReadOnlySpan<double> from = tensor.To(ElementType.Float64).Read<double>();
        T[] numbers = new T[from.Length];
        for (int i = 0; i < numbers.Length; i++)
        {
            numbers[i] = T.CreateSaturating(from[i]);
        }

        return numbers;
    }

    private static Tensor ToFloat(double[] values, Shape shape) => Tensor.From<double>(shape, values).To(ElementType.Float32);
}
