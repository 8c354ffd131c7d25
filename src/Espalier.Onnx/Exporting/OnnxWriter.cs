using Espalier.Graphs;
using Espalier.Onnx.Proto;
using Espalier.Tensors;
using Google.Protobuf;

namespace Espalier.Onnx;

/// <summary>Writes models as ONNX files, which ONNX Runtime and most other runtimes run.</summary>
/// <remarks>
/// The file computes what the model computes at inference: the batch axis is free, masked weights are zeros, stochastic depth is the sum that it is at inference.
/// Nodes have the names of the model's nodes, initializers those of the state_dict. Labels, preprocessing, stages and lineage are in the file's metadata.
/// </remarks>
public static class OnnxWriter
{
    /// <summary>Writes a file, atomically: an old file stays unless the new one is complete.</summary>
    /// <param name="model">The model.</param>
    /// <param name="path">The file to create or replace; with external data a second one beside it, named as it with <c>.DIGEST.data</c> appended.</param>
    /// <param name="options">Opset, preprocessing, softmax, external data.</param>
    /// <exception cref="ArgumentOutOfRangeException">The opset cannot be written.</exception>
    /// <exception cref="EspalierException">The options do not fit the model, or the file cannot be written.</exception>
    public static void Write(Model model, string path, OnnxWriteOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentException.ThrowIfNullOrEmpty(path);
        OnnxWriteOptions chosen = options ?? new();
        chosen.Require();
        ModelProto file = ModelExport.Create(model, chosen);
        if (chosen.ExternalData || SizeOf(file) > chosen.LargestFile)
        {
            ExternalDataFile.Write(file, path);
        }
        else
        {
            AtomicFile.Write(path, file.WriteTo);
        }
    }

    /// <summary>Writes a file to a stream, which needs only be writable.</summary>
    /// <param name="model">The model.</param>
    /// <param name="stream">The stream.</param>
    /// <param name="options">Opset, preprocessing, softmax; external data needs a path.</param>
    /// <exception cref="ArgumentOutOfRangeException">The opset cannot be written.</exception>
    /// <exception cref="EspalierException">The options do not fit the model, or it needs external data.</exception>
    public static void Write(Model model, Stream stream, OnnxWriteOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(stream);
        OnnxWriteOptions chosen = options ?? new();
        chosen.Require();
        ModelProto file = ModelExport.Create(model, chosen);
        if (chosen.ExternalData || SizeOf(file) > chosen.LargestFile)
        {
            throw new EspalierException($"an ONNX file of {SizeOf(file)} bytes {(chosen.ExternalData ? "with" : "needs")} external data, which is a second file: it can be written to a path, not to a stream");
        }

        file.WriteTo(stream);
    }

    /// <summary>Bytes of the whole file.</summary>
    private static long SizeOf(ModelProto file)
    {
        long parameters = file.Graph.Initializer.Sum(initializer => (long)initializer.RawData.Length);
        return parameters > int.MaxValue ? parameters : (uint)file.CalculateSize(); // an int that overflows by less than the parameters' size
    }
}
