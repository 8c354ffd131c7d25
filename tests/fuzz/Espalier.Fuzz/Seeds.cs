using Espalier.Formats;
using Espalier.Graphs;
using Espalier.Models;

namespace Espalier.Fuzz;

/// <summary>Writes small model files, shape lists and safetensors files, which the fixtures lack.</summary>
internal static class Seeds
{
    internal static void Write(string folder)
    {
        foreach (string parser in (string[])["model", "graph", "safetensors"])
        {
            Directory.CreateDirectory(Path.Combine(folder, parser));
        }

        string[] metadata = ["plain", "labelled"];
        foreach ((int index, NetworkDefinition network) in Networks().Index())
        {
            Model model = network.Initialize(seed: (ulong)index);
            foreach (bool isCompact in (bool[])[false, true])
            {
                string path = Path.Combine(folder, "model", $"{metadata[index % 2]}{index}{(isCompact ? "-compact" : "")}");
                ModelFile.Write(path, model, new ModelFileOptions { Compact = isCompact });
                File.Copy(path, Path.Combine(folder, "safetensors", Path.GetFileName(path)), overwrite: true);
            }

            ShapeList.Write(Path.Combine(folder, "graph", $"network{index}"), network);
            SafetensorsWriter.Write(Path.Combine(folder, "safetensors", $"weights{index}"), model.ToStateDict());
        }
    }

    /// <summary>One network of one convolution, and others that have every op that a file may hold between them.</summary>
    private static IEnumerable<NetworkDefinition> Networks()
    {
        yield return Build(x => x.Conv2d("conv", 2, 3, padding: 1).BatchNorm("bn").Relu("relu"), ModelMetadata.None);
        yield return Build(
            x =>
            {
                Value a = x.Conv2d("a", 4, (1, 3), padding: (0, 1), bias: true).GroupNorm("gn", 2).Silu("silu");
                Value b = x.Conv2d("b", 4, 1).LeakyRelu("leaky", 0.1).Dropout("dropout", 0.2);
                return a.Add("add", b).Concat("cat", a).ChannelShuffle("shuffle", 2).MaxPool("max", 2);
            },
            new ModelMetadata { Architecture = "mine", Labels = ["a", "b"] });
        yield return Build(x => x.Conv2d("c", 6, 3, groups: 3).Relu6("relu6").AveragePool("average", 2).Sigmoid("sigmoid").HardSwish("swish"), ModelMetadata.None);
    }

    private static NetworkDefinition Build(Func<Value, Value> body, ModelMetadata metadata)
    {
        var net = new GraphBuilder();
        Value x = body(net.Input(3, 8, 8));
        return new NetworkDefinition(net.Build(x.GlobalAveragePool("pool").Flatten("flatten").Linear("fc", 2)), metadata);
    }
}
