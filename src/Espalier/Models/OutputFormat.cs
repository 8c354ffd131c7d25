using Espalier.Tensors;

namespace Espalier;

/// <summary>The forms that a model or its weights are written in, told by the file's extension.</summary>
public enum OutputFormat
{
    /// <summary>.pth, .pt, .th: PyTorch's zip form.</summary>
    Torch,

    /// <summary>.safetensors: weights alone.</summary>
    Safetensors,

    /// <summary>.espalier: network, weights, labels, preprocessing and lineage.</summary>
    ModelFile,
}

/// <summary>Facts about <see cref="OutputFormat"/>s.</summary>
internal static class OutputForms
{
    /// <summary>The form that a path asks for.</summary>
    /// <exception cref="EspalierException">Its extension is none of the known ones.</exception>
    internal static OutputFormat Of(string path) => Path.GetExtension(path).ToLowerInvariant() switch
    {
        ".pth" or ".pt" or ".th" => OutputFormat.Torch,
        ".safetensors" => OutputFormat.Safetensors,
        ".espalier" => OutputFormat.ModelFile,
        string other => throw new EspalierException($"{path}: the extension '{other}' is no form to write; use .pth (PyTorch), .safetensors (weights alone) or .espalier (a model file)"),
    };

    /// <summary>Its name for people.</summary>
    internal static string Describe(this OutputFormat form) => form switch
    {
        OutputFormat.Torch => "PyTorch checkpoint",
        OutputFormat.Safetensors => "safetensors file of weights alone",
        OutputFormat.ModelFile => "model file",
    };
}
