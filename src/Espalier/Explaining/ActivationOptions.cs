using Espalier.Graphs;
using Espalier.Imaging;
using Espalier.Tensors;

namespace Espalier;

/// <summary>The options of <see cref="ModelStatistics.MeasureActivations(Model, string, ActivationOptions?, IProgress{double}?, CancellationToken)"/>. Results are the same for any number of threads and any batch size.</summary>
public sealed record ActivationOptions
{
    /// <summary>The maximum number of images, at least 1: the first, or, where the data is grouped by class as folders are, some of every class, the same each time.</summary>
    public int Images { get; init; } = 32;

    /// <summary>The maximum number of images in one forward pass, at least 1; fewer where their values would take more than 64 MiB.</summary>
    public int Batch { get; init; } = 8;

    /// <summary>How image files are decoded: EXIF orientation, and limits on pixels and bytes.</summary>
    public ImageDecodingOptions Decoding { get; init; } = ImageDecodingOptions.Default;

    /// <summary>The number of threads, at most 1024; 0 for one per processor.</summary>
    public int Threads { get; init; }

    /// <summary>What runs the model; <see langword="null"/> for <see cref="Runtimes.Cpu"/>.</summary>
    public IRuntime? Runtime { get; init; }

    internal int ThreadCount => Tensors.ThreadCount.Of(Threads, $"{nameof(ActivationOptions)}.{nameof(Threads)}");

    internal void Require()
    {
        OptionCheck.AtLeast<int>(Images, 1, $"{nameof(ActivationOptions)}.{nameof(Images)}");
        OptionCheck.AtLeast<int>(Batch, 1, $"{nameof(ActivationOptions)}.{nameof(Batch)}");
        Tensors.ThreadCount.Require(Threads, $"{nameof(ActivationOptions)}.{nameof(Threads)}");
    }
}
