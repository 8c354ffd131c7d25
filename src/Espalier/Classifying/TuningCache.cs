using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Espalier.Graphs;
using Espalier.Inference;
using Espalier.Tensors;

namespace Espalier;

/// <summary>A cache of the fastest convolution kernels of each model on this machine, in the folder of <see cref="FileCache"/>.</summary>
public static class TuningCache
{
    /// <summary>Returns the fastest kernels for a model from the cache, or measures them, which takes some seconds.</summary>
    /// <param name="source">The source of the model, which identifies its entry in the cache.</param>
    /// <param name="model">The model to run.</param>
    /// <param name="threads">The number of threads that compute one prediction; 0 for one per processor.</param>
    /// <param name="batch">The batch size.</param>
    /// <param name="progress">Receives the completed fraction, from 0 to 1, while kernels are measured.</param>
    /// <param name="note">Called with a message if a cache entry could not be used.</param>
    public static TunedKernels Get(ModelSource source, Model model, int threads = 0, int batch = 1, IProgress<double>? progress = null, Action<string>? note = null)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(model);
        ThreadCount.Require(threads, nameof(threads), nameof(threads));
        ArgumentOutOfRangeException.ThrowIfLessThan(batch, 1);
        return Get(source, model, new PredictorOptions { Threads = threads }, batch, progress, note);
    }

    internal static TunedKernels Get(ModelSource source, Model model, PredictorOptions options, int batch, IProgress<double>? progress, Action<string>? note)
    {
        TuningFingerprint fingerprint = TuningFingerprint.Of(options, batch);
        string path = PathOf(source, model, fingerprint);
        if (TunedKernels.Load(path, fingerprint, out string? reason) is TunedKernels known)
        {
            return known;
        }

        if (File.Exists(path))
        {
            note?.Invoke($"{reason}; measuring the kernels again");
        }

        TunedKernels tuned = TunedKernels.Tune(model, options, batch, progress: part => progress?.Report(part));
        tuned.Save(path);
        return tuned;
    }

    // The weights are identified by path, size and time of the file, because their sparsity influences the choice of kernels.
    private static string PathOf(ModelSource source, Model model, TuningFingerprint fingerprint)
    {
        string[] files = [.. new[] { source.Name, source.Weights, source.ShapeList }.OfType<string>().Where(File.Exists)];
        string identity = string.Join('|', files.Select(file => string.Create(
            CultureInfo.InvariantCulture, $"{Path.GetFullPath(file)} {new FileInfo(file).Length} {File.GetLastWriteTimeUtc(file).Ticks}")));
        string all = string.Create(
            CultureInfo.InvariantCulture,
            $"{source.Name}|{identity}|{model.Graph.ShapeOf(model.Graph.Input.Name)}|{source.Classes}|{fingerprint.Threads}|{fingerprint.Batch}|{fingerprint.InstructionSet}");
        string digest = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(all)))[..16];
        string folder = Directory.CreateDirectory(Path.Combine(FileCache.Folder(), "tuning")).FullName;
        return Path.Combine(folder, $"{Path.GetFileNameWithoutExtension(source.Name)}-{digest}.json");
    }
}
