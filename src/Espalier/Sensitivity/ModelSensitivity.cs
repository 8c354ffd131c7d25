using Espalier.Data;
using Espalier.Graphs;
using Espalier.Surgery;
using Espalier.Tensors;

namespace Espalier;

/// <summary>Measures how models bear pruning, place by place.</summary>
public static class ModelSensitivity
{
    private const int UsualImages = 256;
    private const int UsualNumbers = 2; // samples of random numbers
    private const int Batch = 32;

    /// <summary>Prunes one layer, or one group of channels, after another by several amounts, while the rest of the network stays whole, and measures what that does. The model itself is not changed.</summary>
    /// <param name="model">The model.</param>
    /// <param name="data">Images with classes to measure accuracy on; <see langword="null"/> for the change of the outputs on random numbers.</param>
    /// <param name="options">What is pruned.</param>
    /// <param name="progress">Is told the share that is done.</param>
    /// <param name="cancellation">Looked at before each measurement.</param>
    /// <exception cref="ArgumentException">An option is out of range; the message names it.</exception>
    /// <exception cref="EspalierException">There is no such data, its classes are not the model's, or the options name nothing.</exception>
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

    /// <summary>Some of the images, spread over all of them, since folders come class by class.</summary>
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

/// <summary>What a sensitivity scan prunes.</summary>
public sealed record SensitivityScanOptions
{
    /// <summary>The shares to remove, ascending.</summary>
    public ValueList<double> Amounts { get; init; } = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9];

    /// <summary>Which layers' weights are pruned, and by what they are ranked.</summary>
    public WeightPruning Weights { get; init; } = new();

    /// <summary>By what channels are ranked, to prune groups of channels rather than weights; <see langword="null"/> for weights.</summary>
    public ChannelPruning? Channels { get; init; }

    /// <summary>Samples to measure on, at least 1; 256 images or 2 samples of random numbers unless given.</summary>
    public int? Samples { get; init; }

    /// <summary>Threads that compute, at most 1024; 0 for one for each processor.</summary>
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
