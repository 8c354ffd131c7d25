namespace Espalier.Formats;

/// <summary>The formats of checkpoint files.</summary>
public enum CheckpointFormat
{
    /// <summary>PyTorch's zip archive, its default from 1.6 on.</summary>
    TorchZip,

    /// <summary>PyTorch's stream of pickles, written by versions 0.2 to 1.5; most of torchvision's files.</summary>
    TorchLegacyStream,

    /// <summary>PyTorch 0.1's tar archive; torchvision's first files.</summary>
    TorchLegacyTar,

    /// <summary>Hugging Face's safetensors format.</summary>
    Safetensors,
}
