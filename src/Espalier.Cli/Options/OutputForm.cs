namespace Espalier.Cli;

/// <summary>The forms that a model or its weights are written in, told by the file's extension.</summary>
internal enum OutputForm
{
    /// <summary>.pth, .pt, .th: PyTorch's zip form.</summary>
    Torch,

    /// <summary>.safetensors: weights alone.</summary>
    Safetensors,

    /// <summary>.espalier: network, weights, labels, preprocessing and lineage.</summary>
    ModelFile,
}
