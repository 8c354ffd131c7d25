using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Espalier.Graphs;
using Espalier.Inference;
using Espalier.Tensors;

namespace Espalier;

/// <summary>Convolution kernels that were timed on this machine, kept for each model in the folder of <see cref="FileCache"/>.</summary>
public static class TuningCache
{
    /// <summary>The fastest kernels for a model: those that were found before, or else they are timed now, which takes some seconds.</summary>
    /// <param name="source">Where the model came from: what its kernels are kept under.</param>
    /// <param name="model">The model, as it will be run.</param>
    /// <param name="threads">Threads that share one prediction; 0 for one for each processor.</param>
    /// <param name="batch">Images that go through the network at once.</param>
    /// <param name="progress">Is told the share that is done, while kernels are timed.</param>
    /// <param name="note">Hears why kernels that were kept could not be used.</param>
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
            note?.Invoke($"{reason}; timing the kernels anew");
        }

        TunedKernels tuned = TunedKernels.Tune(model, options, batch, progress: part => progress?.Report(part));
        tuned.Save(path);
        return tuned;
    }

    // The weights count by their place, size and age: how sparse they are decides between kernels.
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
