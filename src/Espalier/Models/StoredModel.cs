using Espalier.Formats;
using Espalier.Graphs;
using Espalier.Onnx;
using Espalier.Tensors;

namespace Espalier;

/// <summary>Reads models from files that say themselves what their network is: model files and ONNX networks. The content decides, not the extension.</summary>
internal static class StoredModel
{
    /// <summary>Whether a file is a model file or an ONNX network.</summary>
    /// <exception cref="MalformedInputException">The file is neither, nor a checkpoint of any supported format.</exception>
    /// <exception cref="EspalierException">The file cannot be opened or read.</exception>
    internal static bool Is(string path) => OnnxRecognition.Is(path) || ModelFile.Is(path);

    /// <summary>Reads a model.</summary>
    /// <param name="path">The path of the file.</param>
    /// <param name="note">Receives what was assumed about an ONNX network, and what the model does not have of it.</param>
    /// <param name="options">Sizes that an ONNX network leaves open; <see langword="null"/> for none.</param>
    /// <exception cref="MalformedInputException">The file is damaged, exceeds the limits or is no model.</exception>
    /// <exception cref="EspalierException">The file cannot be read; options are given for a model file; or an ONNX network has ops that are not supported.</exception>
    internal static Model Read(string path, Action<string>? note = null, OnnxReadOptions? options = null)
    {
        if (!OnnxRecognition.Is(path))
        {
            return options is null ? ModelFile.Read(path)
                : throw new EspalierException($"{nameof(ModelSource.Onnx)} (--input-size) is for ONNX networks that leave the size of their input open, but {path} is a model file");
        }

        OnnxImport import = OnnxReader.Read(path, options);
        foreach (string sentence in import.Notes)
        {
            note?.Invoke(sentence);
        }

        return import.Model;
    }
}
