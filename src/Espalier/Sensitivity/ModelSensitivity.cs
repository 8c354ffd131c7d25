using Espalier.Data;
using Espalier.Graphs;
using Espalier.Surgery;
using Espalier.Tensors;

namespace Espalier;

/// <summary>Measures the sensitivity of models to pruning, layer by layer.</summary>
public static class ModelSensitivity
{
    private const int UsualImages = 256;
    private const int UsualNumbers = 2; // random inputs
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
        using SensitivityMeasure measure = Open(ref model, data, options, cancellation);
        void Report(int done, int all) => progress?.Report((double)done / all);
        return options.Channels is { } channels
            ? SensitivityScan.OfChannels(model, options.Amounts, channels, measure.Quality, Report)
            : SensitivityScan.OfWeights(model, options.Amounts, options.Weights, measure.Quality, Report);
    }

    /// <summary>Selects images at equal distances, since the images of folders are ordered by class.</summary>
    internal static MatchedDataset Spread(MatchedDataset images, int count) =>
        count >= images.Count ? images : images.Select(Enumerable.Range(0, count).Select(i => (int)((long)i * images.Count / count)));

    private static SensitivityMeasure Open(ref Model model, string? data, SensitivityScanOptions options, CancellationToken cancellation)
    {
        IRuntime runtime = options.Runtime ?? Runtimes.Cpu;
        int threads = ThreadCount.Of(options.Threads, $"{nameof(SensitivityScanOptions)}.{nameof(options.Threads)}");
        if (data is null)
        {
            return SensitivityMeasure.OnNumbers(model, options.Samples ?? UsualNumbers, seed: 0, runtime, threads, cancellation);
        }

        MatchedDataset images = Spread(ClassMatching.OpenForEvaluation(ref model, [data], ClassRule.Name), options.Samples ?? UsualImages);
        var loading = new DataLoaderOptions { BatchSize = Batch, Workers = threads, Prefetch = 1, Unreadable = UnreadableSamples.Skip };
        return SensitivityMeasure.OnImages(model, images, new DataLoader(images, InputPipeline.Of(model), loading), runtime, threads, cancellation);
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

    /// <summary>The number of threads, at most 1024; 0 for one per processor.</summary>
    public int Threads { get; init; }

    /// <summary>What runs the model; <see langword="null"/> for <see cref="Runtimes.Cpu"/>.</summary>
    public IRuntime? Runtime { get; init; }

    internal void Require()
    {
        OptionCheck.NotNull(Weights, $"{nameof(SensitivityScanOptions)}.{nameof(Weights)}");
        OptionCheck.AtLeast(Samples, 1, $"{nameof(SensitivityScanOptions)}.{nameof(Samples)}");
        ThreadCount.Require(Threads, $"{nameof(SensitivityScanOptions)}.{nameof(Threads)}");
    }
}
