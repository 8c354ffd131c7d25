using System.Collections.Immutable;
using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Surgery;

/// <summary>Which layers to keep in floating point so that a quantized network is good enough.</summary>
/// <remarks>
/// All layers are quantized first. If that loses too much, those that add most noise go back to floating point: first 1, then 2, 4, 8 …, until the target is met; then the fewest of that order that meet it are sought by halving.
/// The noise of a layer is that of the network's outputs when the layer alone has rounded weights and a rounded input: a noise measured in the quantized network would contain that of all layers before, and one with
/// the layer alone in floating point would depend on what the others hide.
/// </remarks>
/// <param name="Pass">The calibrated pass that meets the target, or, if none does, the one with the most layers in floating point that was tried.</param>
/// <param name="KeepFloat">The layers in floating point beyond those of the options, the noisiest first.</param>
/// <param name="Floating">The quality of the network in floating point.</param>
/// <param name="Reached">Whether the target is met.</param>
/// <param name="Noise">The signal-to-noise ratio of the network's outputs, in decibels, with each layer alone quantized: the noisiest first.</param>
/// <param name="Trials">Each quantized network that was measured, in order.</param>
public sealed record KeepFloatSearch(
    Quantization Pass, ValueList<string> KeepFloat, double Floating, bool Reached, ImmutableArray<KeyValuePair<string, double>> Noise, ImmutableArray<KeepFloatTrial> Trials)
{
    /// <summary>Quantizes with more and more layers in floating point until the loss is small enough.</summary>
    /// <param name="model">The folded model, in floating point.</param>
    /// <param name="samples">Batches of typical inputs, as for <see cref="Quantization.Calibrate"/>.</param>
    /// <param name="runtime">The runtime that runs the models.</param>
    /// <param name="options">How to quantize, and what stays in floating point in any case.</param>
    /// <param name="quality">Measures the quality of a model: higher is better, such as accuracy.</param>
    /// <param name="greatestLoss">The quality that may be lost: at least 0.</param>
    /// <param name="report">Receives each trial when it has been measured.</param>
    /// <exception cref="ArgumentOutOfRangeException">The loss is negative or not a number.</exception>
    /// <exception cref="EspalierException">As for <see cref="Quantization.Calibrate"/>, or a quality is not a number.</exception>
    public static KeepFloatSearch Run(
        Model model, IReadOnlyList<Tensor> samples, IRuntime runtime, QuantizationOptions options, Func<Model, double> quality, double greatestLoss, Action<KeepFloatTrial>? report = null)
    {
        ArgumentNullException.ThrowIfNull(samples);
        ArgumentNullException.ThrowIfNull(runtime);
        return Run(model, new SampleSet(samples, runtime, SharedWork.Alone), options, quality, greatestLoss, report);
    }

    /// <summary>The same by processes that share the samples: bit-identical for any number of them.</summary>
    internal static KeepFloatSearch Run(Model model, SampleSet samples, QuantizationOptions options, Func<Model, double> quality, double greatestLoss, Action<KeepFloatTrial>? report = null)
    {
        ArgumentNullException.ThrowIfNull(quality);
        OptionCheck.Require(greatestLoss >= 0, greatestLoss, "at least 0", "The greatest loss", nameof(greatestLoss));
        var trials = new Measurement(model, samples, options, quality, report);
        double floating = trials.Measure(model);
        Trial all = trials.Of([]);
        bool Meets(Trial trial) => floating - trial.Quality <= greatestLoss;
        if (Meets(all))
        {
            return new(all.Pass, [], floating, true, [], [.. trials.Done]);
        }

        KeyValuePair<string, double>[] noise = [.. all.Pass.NoiseOfSingleLayers(model, samples).OrderBy(layer => layer.Value)];
        string[] order = [.. noise.Select(layer => layer.Key)];
        (int low, int high, Trial best) = (0, 1, all); // low layers are too few
        int most = order.Length - 1; // one is left
        for (high = Math.Min(1, most); high > 0 && !Meets(best = trials.Of(order[..high])) && high < most; high = Math.Min(2 * high, most))
        {
            low = high;
        }

        bool reached = Meets(best);
        while (reached && high - low > 1)
        {
            int middle = (low + high) / 2;
            Trial trial = trials.Of(order[..middle]);
            (low, high, best) = Meets(trial) ? (low, middle, trial) : (middle, high, best);
        }

        return new(best.Pass, best.KeepFloat, floating, reached, [.. noise], [.. trials.Done]);
    }

    private sealed record Trial(Quantization Pass, ValueList<string> KeepFloat, double Quality);

    private sealed class Measurement(Model model, SampleSet samples, QuantizationOptions options, Func<Model, double> quality, Action<KeepFloatTrial>? report)
    {
        internal List<KeepFloatTrial> Done { get; } = [];

        internal double Measure(Model measured)
        {
            double found = quality(measured);
            return double.IsNaN(found) ? throw new EspalierException("The quality of a model is not a number.") : found;
        }

        internal Trial Of(string[] kept)
        {
            string[] weights = [.. kept.Select(name => model.Graph[name].Parameter("weight"))];
            kept = [.. kept.Union(model.Graph.Nodes.Where(node => node.Op is Conv2d or Linear && weights.Contains(node.Parameter("weight"))).Select(node => node.Name))]; // with those that share a weight
            var pass = Quantization.CalibrateOn(model, samples, options with { KeepFloat = [.. options.KeepFloat, .. kept] });
            var trial = new Trial(pass, [.. kept], Measure(model.Apply(pass)));
            Done.Add(new(trial.KeepFloat, trial.Quality));
            report?.Invoke(Done[^1]);
            return trial;
        }
    }
}

/// <summary>A quantized network that a search has measured.</summary>
/// <param name="KeepFloat">The layers in floating point beyond those of the options.</param>
/// <param name="Quality">Its quality.</param>
public sealed record KeepFloatTrial(ValueList<string> KeepFloat, double Quality);
