using System.CommandLine;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Espalier.Graphs;
using Espalier.Inference;

namespace Espalier.Cli;

/// <summary>The option --tune: kernels that were timed on this machine, and timed now where they have not been.</summary>
internal static class TuneOption
{
    internal static Option<bool> Create() => new("--tune")
    {
        Description = "Choose convolution kernels by timing them in the network, once: the choice is kept in the cache (ESPALIER_CACHE) for this model and machine. Without it they are chosen by a cost model, which is the same everywhere.",
    };

    /// <summary>The predictor's options with timed kernels in them, if they are asked for.</summary>
    internal static PredictorOptions Apply(bool tune, PredictorOptions options, ModelRequest request, Model model, int batch, Terminal terminal)
    {
        if (!tune)
        {
            return options;
        }

        TuningFingerprint fingerprint = TuningFingerprint.Of(options, batch);
        string path = PathOf(request, model, fingerprint);
        if (TunedKernels.Load(path, fingerprint, out string? reason) is TunedKernels known)
        {
            return options with { TunedKernels = known };
        }

        if (File.Exists(path))
        {
            terminal.Warn($"{reason}; timing the kernels anew");
        }

        const int Parts = 100;
        TunedKernels? tuned = null;
        ProgressBar.Run(terminal, "tune", Parts, report => tuned = TunedKernels.Tune(model, options, batch, progress: part => report((int)(part * Parts))));
        tuned!.Save(path);
        return options with { TunedKernels = tuned };
    }

    // The weights count by their place, size and age: how sparse they are decides between kernels.
    private static string PathOf(ModelRequest request, Model model, TuningFingerprint fingerprint)
    {
        string[] files = [.. new[] { request.Name, request.Weights }.OfType<string>().Where(File.Exists)];
        string identity = string.Join('|', files.Select(file => string.Create(
            CultureInfo.InvariantCulture, $"{Path.GetFullPath(file)} {new FileInfo(file).Length} {File.GetLastWriteTimeUtc(file).Ticks}")));
        string all = string.Create(
            CultureInfo.InvariantCulture,
            $"{request.Name}|{identity}|{model.Graph.ShapeOf(model.Graph.Input.Name)}|{request.Classes}|{fingerprint.Threads}|{fingerprint.Batch}|{fingerprint.InstructionSet}");
        string digest = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(all)))[..16];
        string folder = Directory.CreateDirectory(Path.Combine(Cache.Folder(null), "tuning")).FullName;
        return Path.Combine(folder, $"{Path.GetFileNameWithoutExtension(request.Name)}-{digest}.json");
    }
}
