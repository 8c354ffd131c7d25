using Espalier.Tensors;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using Tensor = Espalier.Tensors.Tensor;

namespace Espalier.Onnx.Tests;

/// <summary>An ONNX file in ONNX Runtime: the oracle of answers.</summary>
internal sealed class OnnxRuntimeOracle : IDisposable
{
    private readonly SessionOptions _options = new() { IntraOpNumThreads = 1, InterOpNumThreads = 1, LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR };
    private readonly InferenceSession _session;

    /// <summary>Loads a file; ONNX Runtime checks it.</summary>
    /// <param name="path">The file.</param>
    /// <param name="optimizes">Whether it may join nodes.</param>
    /// <exception cref="OnnxRuntimeException">ONNX Runtime cannot run the file.</exception>
    public OnnxRuntimeOracle(string path, bool optimizes = true)
    {
        _options.GraphOptimizationLevel = optimizes ? GraphOptimizationLevel.ORT_ENABLE_ALL : GraphOptimizationLevel.ORT_DISABLE_ALL;
        _session = new InferenceSession(path, _options);
    }

    /// <summary>The names of the inputs, in the file's order.</summary>
    public IReadOnlyList<string> Inputs => _session.InputNames;

    /// <summary>The names of the outputs, in the file's order.</summary>
    public IReadOnlyList<string> Outputs => _session.OutputNames;

    /// <summary>The metadata_props.</summary>
    public IReadOnlyDictionary<string, string> Metadata => _session.ModelMetadata.CustomMetadataMap;

    /// <summary>Loads a file and runs it once.</summary>
    /// <param name="path">The file.</param>
    /// <param name="inputs">Float32 or uint8, one for each input, in the file's order, with the batch in front.</param>
    /// <returns>All outputs, float32, in the file's order.</returns>
    public static IReadOnlyList<Tensor> Run(string path, params Tensor[] inputs)
    {
        using var oracle = new OnnxRuntimeOracle(path);
        return oracle.Run(inputs);
    }

    /// <summary>The ops of a file after ONNX Runtime's optimizations for this machine, which it runs.</summary>
    /// <param name="path">The file; one beside it is written.</param>
    public static IReadOnlyList<string> Optimized(string path)
    {
        string optimized = path + ".optimized";
        using var options = new SessionOptions { OptimizedModelFilePath = optimized, LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR };
        using (new InferenceSession(path, options))
        {
            return [.. Proto.ModelProto.Parser.ParseFrom(File.ReadAllBytes(optimized)).Graph.Node.Select(node => node.OpType)];
        }
    }

    /// <summary>Runs the file.</summary>
    /// <param name="inputs">Float32 or uint8, one for each input, in the file's order, with the batch in front.</param>
    /// <returns>All outputs, float32, in the file's order.</returns>
    public IReadOnlyList<Tensor> Run(params Tensor[] inputs)
    {
        Assert.Equal(Inputs.Count, inputs.Length);
        using IDisposableReadOnlyCollection<DisposableNamedOnnxValue> results = _session.Run([.. Inputs.Zip(inputs, Named)]);
        return [.. Outputs.Select(name => ToTensor(results.Single(result => result.Name == name).AsTensor<float>()))];
    }

    public void Dispose()
    {
        _session.Dispose();
        _options.Dispose();
    }

    private static NamedOnnxValue Named(string name, Tensor value) => value.Type switch
    {
        ElementType.UInt8 => NamedOnnxValue.CreateFromTensor(name, new DenseTensor<byte>(value.Read<byte>().ToArray(), [.. value.Shape])),
        _ => NamedOnnxValue.CreateFromTensor(name, new DenseTensor<float>(value.Read<float>().ToArray(), [.. value.Shape])),
    };

    private static Tensor ToTensor(Tensor<float> value) => Tensor.From<float>(Shape.Of([.. value.Dimensions]), value.ToDenseTensor().Buffer.Span);
}
