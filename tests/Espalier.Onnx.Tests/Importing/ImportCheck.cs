using Espalier.Execution;
using Espalier.Graphs;
using Espalier.Inference;
using Espalier.Onnx.Proto;
using Espalier.Tensors;
using Espalier.Testing;
using Google.Protobuf;

namespace Espalier.Onnx.Tests;

/// <summary>Imports a file and compares its answers with ONNX Runtime's.</summary>
internal static class ImportCheck
{
    /// <summary>Relative to the largest output.</summary>
    private const double Tolerance = 1e-5;

    /// <summary>Imports a file, runs it here (on the CPU runtime and the reference runtime) and in ONNX Runtime on random inputs, and compares all outputs.</summary>
    public static OnnxImport Agrees(string path, OnnxReadOptions? options = null, int batch = 2)
    {
        OnnxImport import = OnnxReader.Read(path, options);
        Graph graph = import.Model.Graph;
        Tensor input = CounterFill.Input(graph.ShapeOf(graph.Input.Name).Prepend(batch));
        IReadOnlyList<Tensor> expected = OnnxRuntimeOracle.Run(path, InFileOrder(input, import));
        Tensor normalized = Normalized(input, import.Model.Metadata.Preprocessing?.Normalization);
        foreach (IRuntime runtime in (IRuntime[])[CpuRuntime.Instance, ReferenceRuntime.Instance])
        {
            IReadOnlyList<Tensor> actual = runtime.RunAll(import.Model, normalized);
            Assert.Equal(expected.Count, actual.Count);
            for (int i = 0; i < actual.Count; i++)
            {
                Assert.Equal(expected[i].Shape.Count, actual[i].Shape.Count);
                Assert.InRange(Difference.Relative(expected[i].Reshape(actual[i].Shape), actual[i]), 0, Tolerance);
                Assert.True(actual[i].Read<float>().IndexOfAnyExcept(0f) >= 0, "all outputs are zero");
            }
        }

        return import;
    }

    /// <summary>The same for a model made in memory.</summary>
    public static OnnxImport Agrees(ModelProto model, OnnxReadOptions? options = null, int batch = 2)
    {
        using var folder = new TemporaryFolder();
        string path = folder.Write("model.onnx", model.ToByteArray());
        return Agrees(path, options, batch);
    }

    /// <summary>The kinds of a graph's ops, in order, without its inputs.</summary>
    public static string Kinds(OnnxImport import) => string.Join(' ', import.Model.Graph.Nodes.Where(node => node.Op is not Input).Select(node => node.Op.Kind));

    private static Tensor InFileOrder(Tensor input, OnnxImport import)
    {
        if (!import.Notes.Any(note => note.Contains("file's input", StringComparison.Ordinal)))
        {
            return input;
        }

        (int batch, int channels, int pixels) = (input.Shape[0], input.Shape[1], input.Shape[2] * input.Shape[3]);
        Tensor moved = Tensor.Zeros([batch, input.Shape[2], input.Shape[3], channels]);
        for (int i = 0; i < input.Shape.Count; i++)
        {
            int pixel = i % pixels;
            int channel = i / pixels % channels;
            moved.Write<float>()[(((i / (pixels * channels) * pixels) + pixel) * channels) + channel] = input.Read<float>()[i];
        }

        return moved;
    }

    private static Tensor Normalized(Tensor input, Normalization? normalization)
    {
        Tensor normalized = input.Copy();
        Span<float> values = normalized.Write<float>();
        int pixels = input.Shape[-1] * input.Shape[-2];
        for (int i = 0; i < values.Length && normalization is not null; i++)
        {
            int channel = i / pixels % normalization.Channels;
            values[i] = (values[i] - normalization.Mean[channel]) / normalization.StandardDeviation[channel];
        }

        return normalized;
    }
}
