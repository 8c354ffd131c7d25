using System.Globalization;
using Espalier.Data;
using Espalier.Graphs;
using Espalier.Surgery;
using Espalier.Tensors;

namespace Espalier;

/// <summary>Quantizes models to 8 bits.</summary>
public static class ModelQuantization
{
    private const int Passes = 8; // over the images of calibration, with the usual options

    /// <summary>
    /// Quantizes a model after training (<see cref="Quantization"/>): folds it for inference, measures the ranges of its values on images, rounds activations to unsigned and weights to signed 8 bits, and compares both
    /// models on images.
    /// </summary>
    /// <param name="model">The model in floating point, with preprocessing; it is not changed.</param>
    /// <param name="data">The path of the images of calibration, as for <see cref="DataSource.Open"/>, of which the part for training is used; or a folder of images. Their classes need not be the model's.</param>
    /// <param name="options">Images, observer, layers in floating point, comparison; <see langword="null"/> for the defaults.</param>
    /// <param name="progress">Receives the completed fraction, an estimate from 0 to 1.</param>
    /// <param name="cancellation">Checked before each run of a model; of several processes, before each round of runs.</param>
    /// <exception cref="ArgumentException">An option is out of range; the message names it.</exception>
    /// <exception cref="EspalierException">
    /// The data does not exist or none of its images can be read; the model has no preprocessing, is quantized already or has no layer to quantize; a pattern of layers in floating point matches nothing; or a value is not finite.
    /// </exception>
    public static QuantizedModel Quantize(this Model model, string data, QuantizeOptions? options = null, IProgress<double>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentException.ThrowIfNullOrEmpty(data);
        options ??= new QuantizeOptions();
        options.Require();
        var prepared = new QuantizableModel(model, options.Scheme);
        CalibrationImages images = CalibrationImages.Open(data, options.Images, options.Seed, new DataSourceOptions { Decoding = options.Decoding, GeneratedSide = prepared.Side });
        IRuntime runtime = options.Runtime ?? Runtimes.Cpu;
        ComparisonSamples samples = options.Verification is string path
            ? ModelComparing.Open(ref model, path, new ComparisonOptions { Classes = options.Classes, Decoding = options.Decoding, Runtime = runtime })
            : images.Others(ref model, options.Classes, runtime, options.ThreadCount);
        IRuntime? timing = options.Measures && options.Processes is not { Rank: > 0 } ? runtime : null;
        return Quantize(prepared.With(model.Metadata), images, options, samples, progress, cancellation).Record(ModelHistory.Begin(model, null, timing, cancellation), timing, cancellation);
    }

    internal static QuantizedModel Quantize(QuantizableModel model, CalibrationImages images, QuantizeOptions options, ComparisonSamples samples, IProgress<double>? progress, CancellationToken cancellation)
    {
        var work = new SharedWork(options.Processes, cancellation);
        WorkAgreement.Require(
            work, "quantization", model.Before, samples.Images is null ? [images.Chosen] : [images.Chosen, samples.Images], new("scheme", $"{options.Scheme}"), new("greatest_loss", $"{options.MaximumLoss}"), new("batch", $"{samples.Loading.BatchSize}"), new("runtime", (options.Runtime ?? Runtimes.Cpu).Name));
        var done = new EstimatedProgress(progress, (Passes * (long)images.Count) + (2L * (samples.Images?.Count ?? 0)), images.Count);
        IReadOnlyList<Tensor> inputs = images.Read(model.Folded, options.ThreadCount, done.Add, work);
        var runtime = new WatchedRuntime(options.Runtime ?? Runtimes.Cpu, options.ThreadCount, ran => done.Add(ran * work.Count), work.Own);
        var set = new SampleSet(inputs, runtime, work);
        ComparisonSamples watched = samples.On(runtime);
        ModelComparison Compare(Model quantized) => watched.Compare(model.Before, quantized, ("the network in floating point", "the quantized network"), work);
        KeepFloatSearch? search = options.MaximumLoss is double loss
            ? KeepFloatSearch.Run(model.Folded, set, options.Scheme, candidate => Quality(Compare(candidate)), loss)
            : null;
        Quantization pass = search?.Pass ?? Quantization.CalibrateOn(model.Folded, set, options.Scheme);
        PassPlan plan = pass.Plan(model.Folded);
        Model after = model.Folded.Apply(plan);
        ModelComparison comparison = Compare(after);
        return new QuantizedModel(after, comparison)
        {
            Calibration = images.Rule,
            Merges = model.Merges,
            Noise = pass.SignalToNoise(model.Folded, set),
            KeptFloat = [.. after.Graph.Nodes.Where(node => node.Op is Conv2d { QuantizedWeights: false } or Linear { QuantizedWeights: false }).Select(node => node.Name)],
            Search = search,
            Notes = [.. images.Notes.Except(comparison.Notes)],
            Unreadable = images.Unreadable,
            Entry = comparison.Complete(Lineage(pass.SettingsOf(plan), images, model.Merges, comparison.Difference)),
        };
    }

    private static double Quality(ModelComparison comparison) => comparison.SecondAccuracy ?? comparison.Agreement;

    private static LineageEntry Lineage(ValueList<LineageSetting> settings, CalibrationImages images, int merges, OutputDifference difference) => new(
        "quantize",
        [
            .. settings,
            new("data", images.Name), new("images", images.Count.ToString(CultureInfo.InvariantCulture)), new("merges", merges.ToString(CultureInfo.InvariantCulture)),
        ],
        [new("maximum_difference", difference.Maximum), new("relative_difference", difference.Relative)]);
}
