using System.Text.Json.Nodes;
using Espalier.Formats;
using Espalier.Graphs;
using Espalier.Models;
using Espalier.Tensors;

namespace Espalier.Bench.Workers;

/// <summary>A folder that <c>bench/peers/export.py</c> wrote: one network with weights, inputs and PyTorch's answers to them; or that <see cref="QuantizedExport"/> made of it.</summary>
internal sealed class ExportedModel
{
    /// <summary>The network of <c>bench/peers/peer_networks.py</c> that is not in the zoo.</summary>
    internal const string CifarResNet18 = "resnet18__cifar";

    internal const string DescriptionFile = "model.json";

    /// <summary>The 8-bit network as Espalier stores it.</summary>
    internal const string QuantizedFile = "model.espalier";

    internal const string InputFile = "input.bin";

    internal const string OutputFile = "output.bin";

    private ExportedModel(string folder, JsonNode description)
    {
        Folder = folder;
        Name = (string)description["name"]!;
        Zeros = (double)description["zeros"]!;
        Images = (int)description["images"]!;
        Outputs = (int)description["outputs"]!;
        Sample = [.. Integers(description["input"]!)];
        Batches = [.. Integers(description["batches"]!)];
        Quantum = (double?)description["quantum"];
    }

    internal string Folder { get; }

    internal string Name { get; }

    /// <summary>The fraction of the convolutions' weights, but the first's, that are zero.</summary>
    internal double Zeros { get; }

    /// <summary>How many images the reference input has.</summary>
    internal int Images { get; }

    /// <summary>Classes that the network tells apart.</summary>
    internal int Outputs { get; }

    /// <summary>The shape of one image.</summary>
    internal Shape Sample { get; }

    /// <summary>The batch sizes that there is an ONNX file for; the first is made ready by <c>load</c>.</summary>
    internal IReadOnlyList<int> Batches { get; }

    /// <summary>The distance of neighbouring logits of an 8-bit network; <see langword="null"/> in float32.</summary>
    internal double? Quantum { get; }

    internal string StateDict => Path.Combine(Folder, "model.pth");

    /// <summary>Whether a complete export is there.</summary>
    internal static bool Exists(string folder) => File.Exists(Description(folder));

    internal static ExportedModel Open(string folder) => Exists(folder)
        ? new ExportedModel(folder, JsonNode.Parse(File.ReadAllText(Description(folder)))!)
        : throw new EspalierException($"{folder} has no model.json: it is not an export of bench/peers/export.py");

    /// <summary>Espalier's own network of that name, without numbers.</summary>
    internal NetworkDefinition NetworkDefinition() => Name == CifarResNet18
        ? ResNet.Create(ResNetTable.ResNet18 with { Stem = ResNetStem.Small, Classes = Outputs, Input = new FeatureMap(Sample[0], Sample[1], Sample[2]) })
        : Zoo.Create(Name, new ZooOptions
        {
            Classes = Outputs,
            InputChannels = Sample[0],
            InputSize = new Size(Sample[1], Sample[2]),
        });

    /// <summary>The first images of the reference input, from the beginning again when they run out.</summary>
    internal Tensor Input(int batch) =>
        Tensor.From<float>(Sample.Prepend(batch), Repeat(InputFile, (int)Sample.Count, batch));

    /// <summary>The network with its numbers, as Espalier runs it.</summary>
    internal Model Model() => Quantum is null ? NetworkDefinition().Load(CheckpointReader.Read(StateDict).StateDict) : ModelFile.Read(Path.Combine(Folder, QuantizedFile));

    /// <summary>PyTorch's answers to <see cref="Input"/> (of an 8-bit network Espalier's), one row of <see cref="Outputs"/> after another.</summary>
    internal float[] Answers(int batch) => Repeat(OutputFile, Outputs, batch);

    private float[] Repeat(string file, int size, int batch)
    {
        byte[] bytes = File.ReadAllBytes(Path.Combine(Folder, file));
        var values = new float[batch * size];
        for (int i = 0; i < batch; i++)
        {
            Buffer.BlockCopy(bytes, i % Images * size * sizeof(float), values, i * size * sizeof(float), size * sizeof(float));
        }

        return values;
    }

    private static string Description(string folder) => Path.Combine(folder, DescriptionFile);

    private static IEnumerable<int> Integers(JsonNode array) => array.AsArray().Select(item => (int)item!);
}
