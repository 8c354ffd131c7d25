using System.Collections.Immutable;
using System.Globalization;
using Espalier.Tensors;

namespace Espalier.Bench.Workers;

/// <summary>A program that speaks the line protocol, and how it is started.</summary>
/// <param name="Name">What reports call it.</param>
/// <param name="Program">The executable.</param>
/// <param name="Arguments">Its arguments.</param>
internal sealed record Contestant(string Name, string Program, ImmutableArray<string> Arguments)
{
    /// <summary>The names that can be given for peers.</summary>
    internal static readonly ImmutableArray<string> PeerNames = ["onnxruntime", NodePeer, "pytorch", "pytorch-plain", NativePeer];

    /// <summary>ONNX Runtime as npm has it, for Node.js.</summary>
    internal const string NodePeer = "onnxruntime-node";

    /// <summary>Espalier compiled ahead of time for this machine, beside what the JIT compiler makes.</summary>
    internal const string NativePeer = "espalier-native";

    /// <summary>This program as a worker.</summary>
    /// <param name="folder">Where it was published; <see langword="null"/> for this process's own.</param>
    internal static Contestant Espalier(string? folder = null)
    {
        string program = Environment.ProcessPath ?? throw new EspalierException("this process does not know its own executable");
        bool hosted = Path.GetFileNameWithoutExtension(program) == "dotnet"; // dotnet Espalier.Bench.dll
        string assembly = Path.Combine(AppContext.BaseDirectory, "Espalier.Bench.dll");
        if (folder is not null)
        {
            (program, assembly) = (hosted ? program : Path.Combine(folder, Path.GetFileName(program)), Path.Combine(folder, Path.GetFileName(assembly)));
        }

        return new("Espalier", program, hosted ? [assembly, "worker"] : ["worker"]);
    }

    /// <summary>This program's training step.</summary>
    /// <param name="survival">The last block's survival probability under stochastic depth with linear decay, or <see langword="null"/> for none.</param>
    internal static Contestant EspalierTraining(double? survival = null)
    {
        Contestant usual = Espalier();
        ImmutableArray<string> command = survival is double p ? ["training-worker", p.ToString("R", CultureInfo.InvariantCulture)] : ["training-worker"];
        return new(survival is null ? usual.Name : $"{usual.Name}, stochastic depth", usual.Program, [.. usual.Arguments[..^1], .. command]);
    }

    /// <summary>PyTorch's training step.</summary>
    /// <param name="setup">Where its program is.</param>
    /// <param name="channelsLast">Whether channels are innermost in memory, which suits some of its kernels better.</param>
    internal static Contestant PyTorchTraining(Setup setup, bool channelsLast) => channelsLast
        ? new("PyTorch, channels last", setup.Python, [setup.PeerFile("pytorch_training.py"), "--channels-last"])
        : new("PyTorch", setup.Python, [setup.PeerFile("pytorch_training.py")]);

    /// <summary>The peer of that name, one of <see cref="PeerNames"/>.</summary>
    internal static Contestant Peer(string name, Setup setup) => name switch
    {
        "onnxruntime" => new("ONNX Runtime", setup.PublishOnnxRuntime(), []),
        NodePeer => new("ONNX Runtime (Node.js)", "node", [setup.PeerFile("onnxruntime.mjs")]),
        NativePeer => new("Espalier, NativeAOT", setup.PublishNative(), ["worker"]),
        "pytorch" => new("PyTorch", setup.Python, [setup.PeerFile("pytorch.py"), "--frozen"]),
        "pytorch-plain" => new("PyTorch (plain)", setup.Python, [setup.PeerFile("pytorch.py")]),
        _ => throw new EspalierException($"there is no peer '{name}'; known are {string.Join(", ", PeerNames)}"),
    };
}
