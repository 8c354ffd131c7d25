namespace Espalier.Tensors;

/// <summary>How much an untrusted input may ask for. Everything that reads files takes one; change single limits with <c>with</c>.</summary>
/// <remarks>The defaults pass every published image classifier and stop a hostile file within a second and a gigabyte or two.</remarks>
public readonly record struct Limits()
{
    /// <summary>The defaults.</summary>
    public static Limits Default => new();

    /// <summary>Bytes of one file: 8 GiB.</summary>
    public long FileBytes { get; init; } = 8L << 30;

    /// <summary>Bytes of all tensors of one checkpoint together: 8 GiB.</summary>
    public long TensorBytes { get; init; } = 8L << 30;

    /// <summary>Tensors in one checkpoint: ResNet-1202 with an optimizer's state has about 30,000; the limit is 131,072.</summary>
    public int TensorCount { get; init; } = 1 << 17;

    /// <summary>Characters of one tensor's name. The longest of torchvision's classifiers take 60.</summary>
    public int NameLength { get; init; } = 1024;

    /// <summary>Extents of one tensor. PyTorch itself allows 64; no layer here needs more than 8.</summary>
    public int TensorRank { get; init; } = 32;

    /// <summary>Bytes of a JSON header: 100 MB, as the safetensors format itself says.</summary>
    public long HeaderBytes { get; init; } = 100_000_000;

    /// <summary>Nesting of JSON and of pickled containers.</summary>
    public int Depth { get; init; } = 64;

    /// <summary>Bytes of one pickle program: 64 MiB. That of ResNet-152 takes 90 kB.</summary>
    public int PickleBytes { get; init; } = 64 << 20;

    /// <summary>Values that one pickle program may build.</summary>
    public int PickleValues { get; init; } = 10_000_000;

    /// <summary>Nodes of one network: ResNet-1202 has about 4,000.</summary>
    public int GraphNodes { get; init; } = 100_000;

    /// <summary>Entries of one archive.</summary>
    public int ArchiveEntries { get; init; } = 100_000;

    /// <summary>Unpacked bytes for each packed byte of an archive: deflate reaches 1032 at most on zeros, real weights stay near 1.</summary>
    public int ArchiveRatio { get; init; } = 200;

    /// <summary>Pixels of one image: 100 million, just above Pillow's warning at 89 million.</summary>
    public long ImagePixels { get; init; } = 100_000_000;

    /// <summary>Scans of one JPEG: libjpeg writes 10 for a progressive file, the most eager optimisers about 30. Each costs a walk over the whole picture.</summary>
    public int ImageScans { get; init; } = 100;
}
