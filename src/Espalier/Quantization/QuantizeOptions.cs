using Espalier.Data;
using Espalier.Graphs;
using Espalier.Imaging;
using Espalier.Surgery;
using Espalier.Tensors;

namespace Espalier;

/// <summary>The options of <see cref="ModelQuantization.Quantize(Model, string, QuantizeOptions?, IProgress{double}?, CancellationToken)"/>.</summary>
public sealed record QuantizeOptions
{
    /// <summary>The greatest number of images that calibration uses, at least 1: the same share of each class, chosen by <see cref="Seed"/>; all images if there are fewer.</summary>
    public int Images { get; init; } = CalibrationImages.Usual;

    /// <summary>The seed by which those images are chosen.</summary>
    public ulong Seed { get; init; }

    /// <summary>How ranges and scales are derived from the images, and which layers stay in floating point.</summary>
    public QuantizationOptions Scheme { get; init; } = new();

    /// <summary>The accuracy that may be lost, from 0 to 1: the layers that add most noise stay in floating point until no more is lost on the images of the comparison. <see langword="null"/> to keep only those of <see cref="Scheme"/> in floating point.</summary>
    /// <remarks>Without classes the accuracy is the fraction of images for which both models predict the same class.</remarks>
    public double? MaximumLoss { get; init; }

    /// <summary>
    /// The path of the images to compare both models on, as for <see cref="ModelComparing.CompareWith"/>; <see langword="null"/> for at most 1000 images of the calibration's data: of its part for validation or test, if there
    /// is none of those that calibration does not use, if there are none of the same.
    /// </summary>
    public string? Verification { get; init; }

    /// <summary>The rule by which the classes of the images of the comparison are matched to the model's outputs.</summary>
    public ClassRule Classes { get; init; }

    /// <summary>How image files are decoded: EXIF orientation, and limits on pixels and bytes.</summary>
    public ImageDecodingOptions Decoding { get; init; } = ImageDecodingOptions.Default;

    /// <summary>Whether the lineage records the time of one sample on one thread, before and after.</summary>
    public bool Measures { get; init; }

    /// <summary>The number of threads, at most 1024; 0 for one per processor.</summary>
    public int Threads { get; init; }

    /// <summary>What runs the models; <see langword="null"/> for <see cref="Runtimes.Cpu"/>.</summary>
    public IRuntime? Runtime { get; init; }

    /// <summary>
    /// The processes that share the images, each of which makes the same call and gets the same model, bit-identical for any number of them; <see langword="null"/> for this one alone. Where one is cancelled, all stop.
    /// The process of rank 0 alone does what <see cref="Measures"/> says.
    /// </summary>
    public IProcessGroup? Processes { get; init; }

    internal int ThreadCount => Tensors.ThreadCount.Of(Threads, $"{nameof(QuantizeOptions)}.{nameof(Threads)}");

    internal void Require()
    {
        OptionCheck.AtLeast<int>(Images, 1, $"{nameof(QuantizeOptions)}.{nameof(Images)}");
        OptionCheck.Require(MaximumLoss is null or (>= 0 and <= 1), MaximumLoss, "a fraction from 0 to 1", $"{nameof(QuantizeOptions)}.{nameof(MaximumLoss)}");
        OptionCheck.NotEmpty(Verification, $"{nameof(QuantizeOptions)}.{nameof(Verification)}");
        Tensors.ThreadCount.Require(Threads, $"{nameof(QuantizeOptions)}.{nameof(Threads)}");
    }
}
