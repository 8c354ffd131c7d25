namespace Espalier.Tensors;

/// <summary>Limits on the memory and time that an untrusted input may require. Everything that reads files takes one; change single limits with <c>with</c>.</summary>
/// <remarks>The defaults accept every published image classifier and stop a hostile file within about a second and two gigabytes.</remarks>
public readonly record struct Limits()
{
    /// <summary>The default limits.</summary>
    public static Limits Default => new();

    /// <summary>Bytes of one file: 8 GiB.</summary>
    public long FileBytes { get; init; } = 8L << 30;

    /// <summary>Bytes of all tensors of one checkpoint together: 8 GiB.</summary>
    public long TensorBytes { get; init; } = 8L << 30;

    /// <summary>Number of tensors in one checkpoint: 131,072. ResNet-1202 with an optimizer's state has about 30,000.</summary>
    public int TensorCount { get; init; } = 1 << 17;

    /// <summary>Characters of one tensor's name: 1,024. The longest of torchvision's classifiers have 60.</summary>
    public int NameLength { get; init; } = 1024;

    /// <summary>Rank of one tensor: 32. PyTorch itself allows 64; no layer here needs more than 8.</summary>
    public int TensorRank { get; init; } = 32;

    /// <summary>Bytes of a JSON header: 100 MB, the limit of the safetensors format itself.</summary>
    public long HeaderBytes { get; init; } = 100_000_000;

    /// <summary>Nesting depth of JSON and of pickled containers: 64.</summary>
    public int Depth { get; init; } = 64;

    /// <summary>Bytes of one pickle program: 64 MiB. That of ResNet-152 has 90 kB.</summary>
    public int PickleBytes { get; init; } = 64 << 20;

    /// <summary>Number of values that one pickle program may create: 10 million.</summary>
    public int PickleValues { get; init; } = 10_000_000;

    /// <summary>Number of nodes of one graph: 100,000. ResNet-1202 has about 4,000.</summary>
    public int GraphNodes { get; init; } = 100_000;

    /// <summary>Number of entries of one archive: 100,000.</summary>
    public int ArchiveEntries { get; init; } = 100_000;

    /// <summary>Unpacked bytes per packed byte of an archive's entry: 200, where such entries unpack to more than 256 MiB together. Deflate reaches up to 1032 on zeros; real weights stay near 1.</summary>
    public int ArchiveRatio { get; init; } = 200;

    /// <summary>Bytes of one image file: 512 MiB, where <see cref="FileBytes"/> allows that many.</summary>
    public long ImageFileBytes { get; init; } = 512L << 20;

    /// <summary>Pixels of one image: 100 million, slightly above the 89 million at which Pillow warns.</summary>
    public long ImagePixels { get; init; } = 100_000_000;

    /// <summary>Scans of one JPEG: 100. libjpeg writes 10 for a progressive file, some optimizers about 30. Each requires a pass over the whole image.</summary>
    public int ImageScans { get; init; } = 100;
}
