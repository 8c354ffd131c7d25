using Espalier.Tensors;

namespace Espalier;

/// <summary>The file formats of models and weights, which are selected by the file's extension.</summary>
public enum OutputFormat
{
    /// <summary>.pth, .pt, .th: PyTorch's zip format, with weights only.</summary>
    Torch,

    /// <summary>.safetensors: weights only.</summary>
    Safetensors,

    /// <summary>.espalier: network, weights, labels, preprocessing and lineage.</summary>
    ModelFile,

    /// <summary>.onnx: network and weights for other programs, with labels, preprocessing and lineage in the file's metadata.</summary>
    Onnx,
}

/// <summary>Selection and description of <see cref="OutputFormat"/>s.</summary>
internal static class OutputForms
{
    /// <summary>Returns the format of a path's extension.</summary>
    /// <exception cref="EspalierException">The extension is unknown.</exception>
    internal static OutputFormat Of(string path) => Path.GetExtension(path).ToLowerInvariant() switch
    {
        ".pth" or ".pt" or ".th" => OutputFormat.Torch,
        ".safetensors" => OutputFormat.Safetensors,
        ".espalier" => OutputFormat.ModelFile,
        ".onnx" => OutputFormat.Onnx,
        string other => throw new EspalierException($"{path}: the extension '{other}' is not a known format; use .pth (PyTorch), .safetensors (weights only), .espalier (a model file) or .onnx"),
    };

    /// <summary>Returns a description of the format for users.</summary>
    internal static string Describe(this OutputFormat form) => form switch
    {
        OutputFormat.Torch => "PyTorch checkpoint",
        OutputFormat.Safetensors => "safetensors file of weights alone",
        OutputFormat.ModelFile => "model file",
        OutputFormat.Onnx => "ONNX network",
    };
}
