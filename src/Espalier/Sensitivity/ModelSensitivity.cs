using Espalier.Data;
using Espalier.Graphs;
using Espalier.Imaging;
using Espalier.Surgery;
using Espalier.Tensors;

namespace Espalier;

/// <summary>Measures the sensitivity of models to pruning, layer by layer.</summary>
public static class ModelSensitivity
{
    internal const int UsualImages = 256;
    internal const int UsualNumbers = 2; // random inputs
    private const int Batch = 32;

    /// <summary>Prunes one layer or one group of channels at a time by several amounts, with the rest of the network unchanged, and measures the effect. The model itself is not changed.</summary>
    /// <param name="model">The model.</param>
    /// <param name="data">The path of labelled images to measure accuracy on; <see langword="null"/> to measure the change of the outputs on random inputs.</param>
    /// <param name="options">Amounts, granularity and criterion; <see langword="null"/> for the defaults.</param>
    /// <param name="progress">Receives the completed fraction, from 0 to 1.</param>
    /// <param name="cancellation">Checked before each measurement.</param>
    /// <exception cref="ArgumentException">An option is out of range; the message names it.</exception>
    /// <exception cref="EspalierException">The data does not exist, its classes do not match the model's, or the options select no layer.</exception>
    public static SensitivityScan MeasureSensitivity(this Model model, string? data = null, SensitivityScanOptions? options = null, IProgress<double>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        options ??= new SensitivityScanOptions();
        options.Require();
        var work = new SharedWork(options.Processes, cancellation);
        using SensitivityMeasure measure = Open(ref model, data, options, work);
        return Scan(model, options, measure, (done, all) => progress?.Report((double)done / all), work);
    }

    /// <summary>Prunes by the amounts of the options and measures the effect.</summary>
    internal static SensitivityScan Scan(Model model, SensitivityScanOptions options, SensitivityMeasure measure, Action<int, int> report, SharedWork work) => options.Channels is { } channels
        ? SensitivityScan.OfChannels(model, options.Amounts, channels, measure.Quality, work, report)
        : SensitivityScan.OfWeights(model, options.Amounts, options.Weights, measure.Quality, work, report);

    /// <summary>Opens the measure on images or, without them, on random inputs; processes that have other work are refused.</summary>
    internal static SensitivityMeasure Measure(Model model, MatchedDataset? images, SensitivityScanOptions options, int batch, ulong seed, SharedWork work)
    {
        IRuntime runtime = options.Runtime ?? Runtimes.Cpu;
        int threads = ThreadCount.Of(options.Threads, $"{nameof(SensitivityScanOptions)}.{nameof(options.Threads)}"), samples = images?.Count ?? options.Samples ?? UsualNumbers;
        WorkAgreement.Require(
            work, "sensitivity", model, images is null ? [] : [images], new("amounts", $"{options.Amounts}"), new("weights", $"{options.Weights}"), new("channels", $"{options.Channels}"), new("samples", $"{samples}, seed {seed}"), new("batch", $"{batch}"), new("runtime", runtime.Name));
        var loading = new DataLoaderOptions { BatchSize = batch, Workers = threads, Prefetch = 1, Unreadable = UnreadableSamples.Skip };
        return images is null ? SensitivityMeasure.OnNumbers(model, samples, seed, runtime, threads, work) : SensitivityMeasure.OnImages(model, images, loading, runtime, threads, work);
    }

    /// <summary>Selects images at equal distances, since the images of folders are ordered by class.</summary>
    internal static MatchedDataset Spread(MatchedDataset images, int? count)
    {
        int most = count ?? UsualImages;
        return most >= images.Count ? images : images.Select(Enumerable.Range(0, most).Select(i => (int)((long)i * images.Count / most)));
    }

    private static SensitivityMeasure Open(ref Model model, string? data, SensitivityScanOptions options, SharedWork work)
    {
        MatchedDataset? images = data is null ? null : Spread(ClassMatching.OpenForEvaluation(ref model, [data], ClassRule.Name, new DataSourceOptions { Decoding = options.Decoding }), options.Samples);
        return Measure(model, images, options, Batch, seed: 0, work);
    }
}

/// <summary>The options of a sensitivity scan.</summary>
public sealed record SensitivityScanOptions
{
    /// <summary>The fractions to prune, from 0 to 1, ascending.</summary>
    public ValueList<double> Amounts { get; init; } = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9];

    /// <summary>The layers, pattern and criterion for pruning weights.</summary>
    public WeightPruning Weights { get; init; } = new();

    /// <summary>The criterion for pruning groups of channels instead of weights; <see langword="null"/> to prune weights.</summary>
    public ChannelPruning? Channels { get; init; }

    /// <summary>The number of samples to measure on, at least 1; by default 256 images or 2 random inputs.</summary>
    public int? Samples { get; init; }

    /// <summary>How image files are decoded: EXIF orientation, and limits on pixels and bytes.</summary>
    public ImageDecodingOptions Decoding { get; init; } = ImageDecodingOptions.Default;

    /// <summary>The number of threads, at most 1024; 0 for one per processor.</summary>
    public int Threads { get; init; }

    /// <summary>What runs the model; <see langword="null"/> for <see cref="Runtimes.Cpu"/>.</summary>
    public IRuntime? Runtime { get; init; }

    /// <summary>The processes that share the measurements, each of which makes the same call and gets the same scan, bit-identical for any number of them; <see langword="null"/> for this one alone. Where one is cancelled, all stop.</summary>
    public IProcessGroup? Processes { get; init; }

    internal void Require()
    {
        OptionCheck.NotNull(Weights, $"{nameof(SensitivityScanOptions)}.{nameof(Weights)}");
        OptionCheck.AtLeast(Samples, 1, $"{nameof(SensitivityScanOptions)}.{nameof(Samples)}");
        ThreadCount.Require(Threads, $"{nameof(SensitivityScanOptions)}.{nameof(Threads)}");
    }
}
