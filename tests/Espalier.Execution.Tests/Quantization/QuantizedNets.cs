using Espalier.Graphs;
using Espalier.Tensors;
using Espalier.Testing;

namespace Espalier.Execution.Tests.Quantization;

/// <summary>Small quantized networks with given numbers.</summary>
internal static class QuantizedNets
{
    /// <summary>A model of a graph whose parameters are given; those that are not are of <see cref="RandomGraphs.ParametersFor"/>.</summary>
    internal static Model Model(Graph graph, params (string Name, Tensor Value)[] values) => new(
        graph,
        RandomGraphs.ParametersFor(graph).With(values.Select(value => KeyValuePair.Create(value.Name, new Parameter(value.Value)))),
        ModelMetadata.None);

    internal static (string, Tensor) Scale(string node, float scale) => ($"{node}.scale", Tensor.From([1], scale));

    internal static (string, Tensor) Zero(string node, byte zero) => ($"{node}.zero_point", Tensor.From<byte>([1], [zero]));

    internal static (string, Tensor) Bytes(string name, Shape shape, params sbyte[] values) => (name, Tensor.From<sbyte>(shape, values));

    internal static (string, Tensor) Floats(string name, params float[] values) => (name, Tensor.From<float>([values.Length], values));

    /// <summary>Runs a model for one sample.</summary>
    internal static float[] Run(Model model, params float[] sample) =>
        ReferenceRuntime.Instance.Prepare(model).RunAll(Tensor.From<float>(model.Graph.ShapeOf(model.Graph.Input.Name).Prepend(1), sample))[0].Read<float>().ToArray();
}
