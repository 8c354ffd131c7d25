using Espalier.Execution;
using Espalier.Graphs;
using Espalier.Inference;
using Espalier.Tensors;
using Espalier.Testing;

namespace Espalier.Onnx.Tests;

/// <summary>Writes a model, runs the file in ONNX Runtime, and compares all outputs with Espalier's.</summary>
internal static class ExportCheck
{
    /// <summary>What answers may be off by, of the greatest: a thousand float roundings.</summary>
    internal const double Tolerance = 1e-4;

    /// <summary>Compares with the naive kernels in double precision; several inputs are possible.</summary>
    internal static void Reference(Model model, OnnxWriteOptions options, int batch, double tolerance = Tolerance)
    {
        Dictionary<string, Tensor> inputs = model.Graph.Nodes.Where(node => node.Op is Input).ToDictionary(
            node => node.Name, node => CounterFill.Stream(node.Name, model.Graph.ShapeOf(node.Name).Prepend(batch), -3, 6));
        IReadOnlyDictionary<string, double[]> expected = ReferenceExecutor.RunAll(
            model.Graph, model.Parameters, inputs.ToDictionary(input => input.Key, input => input.Value.To(ElementType.Float64).Read<double>().ToArray()), batch);
        Tensor[] outputs = [.. model.Graph.Outputs.Select(name => Tensor.From(
            model.Graph.ShapeOf(name).Prepend(batch), Array.ConvertAll(expected[name], value => (float)value)))];
        Compare(outputs, Run(model, options, [.. inputs.Values]), tolerance, $"opset {options.Opset}: {model.Graph}");
    }

    /// <summary>Compares with the CPU runtime.</summary>
    internal static void Cpu(Model model, OnnxWriteOptions options, int batch)
    {
        Tensor input = CounterFill.Input(model.Graph.ShapeOf(model.Graph.Input.Name).Prepend(batch));
        Compare(Cpu(model, input), Run(model, options, input), Tolerance, model.ToString()); // one after the other: both hold the weights
    }

    private static IReadOnlyList<Tensor> Cpu(Model model, Tensor input)
    {
        using IRunnable runnable = CpuRuntime.Instance.Prepare(model, new RunOptions { Threads = 1 });
        return runnable.RunAll(input);
    }

    /// <summary>The outputs of a model's file.</summary>
    internal static IReadOnlyList<Tensor> Run(Model model, OnnxWriteOptions options, params Tensor[] inputs)
    {
        using var folder = new TemporaryFolder();
        OnnxWriter.Write(model, folder["model.onnx"], options);
        return OnnxRuntimeOracle.Run(folder["model.onnx"], inputs);
    }

    internal static void Compare(IReadOnlyList<Tensor> expected, IReadOnlyList<Tensor> actual, double tolerance, string what)
    {
        Assert.Equal(expected.Count, actual.Count);
        for (int i = 0; i < expected.Count; i++)
        {
            double difference = Difference.Relative(expected[i], actual[i]);
            Assert.True(difference <= tolerance, $"output {i} is off by {difference:E2} of its greatest number: {what}");
        }
    }
}
