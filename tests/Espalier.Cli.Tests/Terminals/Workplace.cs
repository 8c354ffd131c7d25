using System.Security.Cryptography;
using Espalier.Cli.Tests.Terminals;
using Espalier.Formats;
using Espalier.Graphs;
using Espalier.Imaging;
using Espalier.Models;

[assembly: AssemblyFixture(typeof(Workplace))]

namespace Espalier.Cli.Tests.Terminals;

/// <summary>The files that the verbs are tried on in terminals, made once for all tests.</summary>
public sealed class Workplace : IDisposable
{
    internal const string Network = "cifar_resnet8"; // the smallest of its table

    private static readonly byte[] s_download = new byte[8 << 20];

    private static readonly byte[] s_published = [.. Enumerable.Range(0, 2 << 20).Select(i => (byte)(i * 31 % 251))];

    private readonly TemporaryFolder _folder = new();
    private readonly Lazy<FileServer> _mirror = new(() => new FileServer(s_published) { Pause = TimeSpan.FromMilliseconds(5) });
    private readonly Lazy<FileServer> _server = new(() => new FileServer(s_download) { Pause = TimeSpan.FromMilliseconds(100) });
    private int _folders;

    public Workplace()
    {
        Data = TinyData.WriteCifar(_folder, 40);
        Picture = _folder.File("picture.png");
        PngEncoder.Save(TinyData.Picture(1), Picture);
        Model = _folder.File("model.espalier");
        ModelFile.Write(Model, Zoo.Create(Network).Initialize(1));
        Array = _folder.File("input.npy");
        NpyFile.Write(Array, CounterFill.Input([2, 3, 32, 32]));
        Ledger = _folder.File("ledger.espalier");
        ModelFile.Write(Ledger, LongPast());
        Pictures = _folder.File("pictures");
        Directory.CreateDirectory(Pictures);
        for (int i = 0; i < 400; i++)
        {
            File.Copy(Picture, Path.Combine(Pictures, $"{i}.png"));
        }
    }

    /// <summary>Forty pictures of ten classes.</summary>
    internal string Data { get; }

    /// <summary>A picture.</summary>
    internal string Picture { get; }

    /// <summary>A folder of many pictures.</summary>
    internal string Pictures { get; }

    /// <summary>A model file.</summary>
    internal string Model { get; }

    /// <summary>An array with two inputs of the model.</summary>
    internal string Array { get; }

    /// <summary>A model to which much has been done.</summary>
    internal string Ledger { get; }

    /// <summary>The address of a slow server with a large file.</summary>
    internal string Server => _server.Value.Address;

    /// <summary>What the mirror publishes, under its digest as torch.hub does.</summary>
    internal static string Published { get; } = $"published-{Convert.ToHexStringLower(SHA256.HashData(s_published))[..8]}";

    /// <summary>That file.</summary>
    internal static byte[] PublishedContent => s_published;

    /// <summary>The address of a server with that file.</summary>
    internal string Mirror => _mirror.Value.Address;

    /// <summary>A folder that is not there yet; its name is as long as that of every other one.</summary>
    internal string Unused() => _folder.File($"{1000 + Interlocked.Increment(ref _folders)}");

    public void Dispose()
    {
        if (_server.IsValueCreated)
        {
            _server.Value.Dispose();
        }

        if (_mirror.IsValueCreated)
        {
            _mirror.Value.Dispose();
        }

        _folder.Dispose();
    }

    private static Model LongPast()
    {
        Model model = Zoo.Create(Network).Initialize(1);
        (string Action, string Setting, double? Accuracy, double Time)[] steps =
        [
            ("load", "weights.pth", null, 0), ("train", "160 epochs", 0.9234, 0.5), ("prune", "channels normalized 0.47234", 0.1, 0.3), ("finetune", "shapes", 0.912, 0.3),
            ("prune", "weights magnitude 85%", 0.45, 0.31), ("finetune", "shapes", 0.91, 0.31), ("fold", "15 merges", 0.91, 0.305), ("compile", "compact", 0.91, 0.1),
        ];
        foreach ((string action, string setting, double? accuracy, double time) in steps)
        {
            model = model.Record(new LineageEntry(action, [new("source", setting)], []));
            model = accuracy is null ? model : model.WithFigures(ModelFigures.Of(model) with { Bytes = 1_234_567, Accuracy = accuracy, Milliseconds = time });
        }

        return model;
    }
}
