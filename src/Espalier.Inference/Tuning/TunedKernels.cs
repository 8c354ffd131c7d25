using System.Collections.Immutable;
using Espalier.Graphs;
using Espalier.Kernels;
using Espalier.Tensors;

namespace Espalier.Inference;

/// <summary>For each convolution of a network the kernel that was fastest on this machine, timed within the network.</summary>
/// <remarks>Choosing by cost, which predictors do unless told otherwise, gives the same kernels, and so the same bits, everywhere; timed kernels differ from machine to machine.</remarks>
public sealed class TunedKernels
{
    internal TunedKernels(TuningFingerprint fingerprint, ImmutableSortedDictionary<string, string> choices) => (Fingerprint, Choices) = (fingerprint, choices);

    /// <summary>What they were timed on.</summary>
    public TuningFingerprint Fingerprint { get; }

    /// <summary>The kernel's name by the convolution's description.</summary>
    public ImmutableSortedDictionary<string, string> Choices { get; }

    /// <summary>Times the kernels that can compute each convolution of a model: in the network, with the caches as cold as they are there.</summary>
    /// <param name="model">The model, at the input size that it will be used with.</param>
    /// <param name="options">How the predictor is going to run.</param>
    /// <param name="batch">Samples of a run.</param>
    /// <param name="repetitions">Runs of each candidate; the lower quartile of its times counts.</param>
    /// <param name="progress">Told the part that is done, from 0 to 1.</param>
    public static TunedKernels Tune(Model model, PredictorOptions options = default, int batch = 1, int repetitions = 15, Action<double>? progress = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentOutOfRangeException.ThrowIfLessThan(batch, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(repetitions, 1);
        return new KernelTuner(options, batch, repetitions).Tune(model, progress ?? (_ => { }));
    }

    /// <summary>Writes them to a file, atomically.</summary>
    /// <exception cref="EspalierException">The file cannot be written.</exception>
    public void Save(string path) => TuningFile.Write(path, this);

    /// <summary>Reads them, if the file is there and was written for <paramref name="fingerprint"/>.</summary>
    /// <param name="path">The file.</param>
    /// <param name="fingerprint">What they must have been timed on.</param>
    /// <param name="reason">Why there are none, in a sentence; <see langword="null"/> where there are some.</param>
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

    /// <summary>The kernel's name, or <see langword="null"/> for a convolution that was not timed.</summary>
    internal string? For(in ConvolutionProblem problem, WeightSparsity sparsity) => Choices.GetValueOrDefault(ProblemKey.Of(problem, sparsity));
}
