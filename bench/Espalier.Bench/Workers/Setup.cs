using System.Collections.Immutable;
using System.Globalization;
using System.Runtime.InteropServices;
using Espalier.Tensors;

namespace Espalier.Bench.Workers;

/// <summary>Where the peers' programs are in the repository, and that they are ready.</summary>
internal sealed class Setup
{
    private readonly string _root = FindRoot();

    /// <summary>The Python that has PyTorch; the variable <c>PYTHON</c> names another one.</summary>
    internal string Python { get; } = Environment.GetEnvironmentVariable("PYTHON") is { Length: > 0 } named ? named : "/usr/bin/python3";

    internal string ResultsFolder => Path.Combine(_root, "docs", "results");

    internal string PeerFile(string name) => Path.Combine(_root, "bench", "peers", name);

    /// <summary>Runs <c>bench/peers/setup.sh</c> where a peer needs it and it has not been run yet.</summary>
    internal void Ensure(IEnumerable<string> peers)
    {
        if (peers.Contains(Contestant.NodePeer) && !Directory.Exists(PeerFile(Path.Combine("node_modules", "onnxruntime-node"))))
        {
            Console.Error.WriteLine("installing the peers (bench/peers/setup.sh) …");
            ChildProcess.Run("bench/peers/setup.sh", "sh", [PeerFile("setup.sh")]);
        }
    }

    /// <summary>Espalier as its users would publish it, compiled ahead of time; this very program where that cannot be had.</summary>
    internal Contestant PublishEspalier()
    {
        try
        {
            return Contestant.Espalier(Publish("espalier-worker", "--no-self-contained"));
        }
        catch (EspalierException error)
        {
            Console.Error.WriteLine($"warning: {error.Message}; Espalier runs as it was built, without code compiled ahead of time");
            return Contestant.Espalier();
        }
    }

    /// <summary>Publishes this program for this machine, and returns the folder.</summary>
    /// <param name="name">The folder, below <c>artifacts</c>.</param>
    /// <param name="options">More of the command line.</param>
    internal string Publish(string name, params string[] options) => PublishProject("Espalier.Bench", name, options);

    /// <summary>Publishes this program by NativeAOT with the vectors of this machine, and returns the executable.</summary>
    internal string PublishNative() => Path.Combine(Publish("espalier-native", "-p:PublishAot=true", "-p:IlcInstructionSet=native"), OperatingSystem.IsWindows() ? "Espalier.Bench.exe" : "Espalier.Bench");

    /// <summary>Publishes ONNX Runtime's worker likewise, and returns its executable.</summary>
    internal string PublishOnnxRuntime()
    {
        const string Project = "Espalier.Bench.OnnxRuntime";
        return Path.Combine(PublishProject(Project, "onnxruntime-worker", "--no-self-contained"), OperatingSystem.IsWindows() ? Project + ".exe" : Project);
    }

    /// <summary>Publishes the command line, and returns its executable.</summary>
    internal string PublishCommandLine() => Path.Combine(PublishProject("Espalier.Cli", "espalier", "--no-self-contained"), OperatingSystem.IsWindows() ? "espalier.exe" : "espalier");

    /// <summary>Publishes the endpoint on ONNX Runtime, and returns its executable.</summary>
    internal string PublishOnnxRuntimeServer()
    {
        const string Project = "Espalier.Bench.OnnxRuntime.Server";
        return Path.Combine(PublishProject(Project, "onnxruntime-server", "--no-self-contained"), OperatingSystem.IsWindows() ? Project + ".exe" : Project);
    }

    private string PublishProject(string what, string name, params string[] options)
    {
        string folder = Path.Combine(_root, "artifacts", name);
        string project = Path.Combine(_root, what == "Espalier.Cli" ? "src" : "bench", what, $"{what}.csproj");
        Console.Error.WriteLine($"publishing {what} ({string.Join(' ', options)}) …");
        ChildProcess.Run("dotnet publish", Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet", [
            "publish", project, "-c", "Release", "-r", RuntimeInformation.RuntimeIdentifier, "-o", folder, "--nologo", "-v", "q", .. options,
        ]);
        return folder;
    }

    /// <summary>The network for all contestants, written by PyTorch unless it is there already.</summary>
    /// <param name="network">A name of the zoo.</param>
    /// <param name="size">Rows and columns of the images; 0 for the network's own.</param>
    /// <param name="zeros">The fraction of the convolutions' weights that are zero.</param>
    /// <param name="batches">The batch sizes it is needed for.</param>
    internal ExportedModel Export(string network, int size, double zeros, ImmutableArray<int> batches)
    {
        string fraction = zeros.ToString("R", CultureInfo.InvariantCulture);
        string folder = Path.Combine(_root, "artifacts", "peers", $"size{(size > 0 ? size : "")}-zeros{fraction}");
        string own = Path.Combine(folder, network);
        if (!ExportedModel.Exists(own) || batches.Except(ExportedModel.Open(own).Batches).Any())
        {
            Console.Error.WriteLine($"exporting {network} with PyTorch …");
            ChildProcess.Run("bench/peers/export.py", Python, [
                PeerFile("export.py"), network, folder, "--zeros", fraction,
                .. size > 0 ? ["--size", $"{size}"] : ImmutableArray<string>.Empty,
                "--batches", .. batches.Select(batch => $"{batch}"),
            ]);
        }

        return ExportedModel.Open(own);
    }

    /// <summary>The 8-bit form of an exported network, made unless it is there already.</summary>
    /// <param name="model">The network without zeros.</param>
    /// <param name="zeros">The fraction of the weights that are zero in blocks of 1x4.</param>
    internal static ExportedModel Quantize(ExportedModel model, double zeros)
    {
        string folder = Path.Combine(Path.GetDirectoryName(model.Folder)! + Number($"-int8{(zeros > 0 ? $"-1x4-{zeros}" : "")}"), model.Name);
        if (!ExportedModel.Exists(folder))
        {
            Console.Error.WriteLine($"quantizing {model.Name} …");
            QuantizedExport.Write(model, zeros, folder);
        }

        return ExportedModel.Open(folder);
    }

    private static string Number(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private static string FindRoot()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Espalier.slnx")))
            {
                return folder.FullName;
            }
        }

        throw new EspalierException($"{AppContext.BaseDirectory} is not inside of Espalier's repository, where bench/peers is");
    }
}
