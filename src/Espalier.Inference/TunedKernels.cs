using System.Collections.Immutable;
using Espalier.Graphs;
using Espalier.Kernels;
using Espalier.Tensors;

namespace Espalier.Inference;

/// <summary>The kernels that were fastest on this machine for each convolution of a network, timed within the network.</summary>
/// <remarks>Choosing by cost, the default of predictors, gives the same kernels and therefore the same bits on all machines; timed kernels differ between machines.</remarks>
public sealed class TunedKernels
{
    internal TunedKernels(TuningFingerprint fingerprint, ImmutableSortedDictionary<string, string> choices) => (Fingerprint, Choices) = (fingerprint, choices);

    /// <summary>The conditions of the timing.</summary>
    public TuningFingerprint Fingerprint { get; }

    /// <summary>The kernels' names by the convolutions' descriptions.</summary>
    public ImmutableSortedDictionary<string, string> Choices { get; }

    /// <summary>Times the kernels for each convolution of a model, within the network, so that caches are as cold as in use.</summary>
    /// <param name="model">The model, at the input size to time.</param>
    /// <param name="options">The options of the predictor that will use the kernels.</param>
    /// <param name="batch">Number of samples per run.</param>
    /// <param name="repetitions">Number of runs per candidate; the lower quartile of the times is compared.</param>
    /// <param name="progress">Receives the completed fraction, from 0 to 1.</param>
    public static TunedKernels Tune(Model model, PredictorOptions options = default, int batch = 1, int repetitions = 15, Action<double>? progress = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentOutOfRangeException.ThrowIfLessThan(batch, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(repetitions, 1);
        return new KernelTuner(options, batch, repetitions).Tune(model, progress ?? (_ => { }));
    }

    /// <summary>Writes the kernels to a JSON file, atomically.</summary>
    /// <exception cref="EspalierException">The file cannot be written.</exception>
    public void Save(string path) => TuningFile.Write(path, this);

    /// <summary>Reads kernels from a file; returns <see langword="null"/> if the file is missing, damaged, or was written for another fingerprint.</summary>
    /// <param name="path">The file.</param>
    /// <param name="fingerprint">The required fingerprint.</param>
    /// <param name="reason">Why there are none, as a sentence; otherwise <see langword="null"/>.</param>
    public static TunedKernels? Load(string path, TuningFingerprint fingerprint, out string? reason)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(fingerprint);
        TunedKernels? found = TuningFile.Read(path, out reason);
        if (found?.Fingerprint.DifferenceFrom(fingerprint) is string difference)
        {
            reason = $"{path} was timed with {difference}";
            return null;
        }

        return found;
    }

    /// <summary>The kernel's name for a convolution, or <see langword="null"/> if it was not timed.</summary>
    internal string? For(in ConvolutionProblem problem, WeightSparsity sparsity) => Choices.GetValueOrDefault(ProblemKey.Of(problem, sparsity));
}
