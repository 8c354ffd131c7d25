using Espalier.Formats;
using Espalier.Graphs;
using Espalier.Imaging;
using Espalier.Tensors;

namespace Espalier.Cli.Tests.Classes;

/// <summary>Pictures of one colour each, whose class is the colour's name, and a small network that has learnt to tell three of them apart: data on which a wrong class shows at once.</summary>
internal static class ColourData
{
    internal const int OfEach = 8; // pictures of a colour to measure on, and twice as many to learn from
    private const int Side = 16;

    /// <summary>The colours in ImageFolder's order.</summary>
    internal static readonly string[] Names = ["blue", "green", "red"];

    /// <summary>The same in the order of the model's outputs.</summary>
    internal static readonly string[] Permuted = ["red", "blue", "green"];

    private static readonly Lazy<Model> Learnt = new(Learn, LazyThreadSafetyMode.ExecutionAndPublication);

    /// <summary>A model that is right about all three colours, with outputs in the order of <see cref="Permuted"/> and labels to match.</summary>
    internal static Model Model => Learnt.Value;

    /// <summary>A network with its outputs in another order, and labels to match: the same answers, by name.</summary>
    internal static Model Order(Model model, params string[] labels)
    {
        int[] rows = [.. labels.Select(label => model.Metadata.Labels.Items.IndexOf(label))];
        Parameters parameters = model.Parameters;
        foreach (string name in (string[])["linear.weight", "linear.bias"])
        {
            Tensor all = parameters[name].Value;
            int row = (int)(all.Shape.Count / labels.Length);
            float[] picked = [.. rows.SelectMany(place => all.Read<float>().Slice(place * row, row).ToArray())];
            parameters = parameters.With(name, parameters[name] with { Value = Tensor.From<float>(all.Shape, picked) });
        }

        return new Model(model.Graph, parameters, model.Metadata with { Labels = ValueList.From(labels) });
    }

    internal static string Write(TemporaryFolder folder, Model model, string name = "colours.espalier")
    {
        string path = folder.File(name);
        ModelFile.Write(path, model);
        return path;
    }

    /// <summary>Folders <c>train</c> and <c>val</c> with one of pictures for each colour.</summary>
    /// <param name="folder">Where.</param>
    /// <param name="classes">What each class folder is called and which colour its pictures have.</param>
    internal static string Write(TemporaryFolder folder, params (string Folder, string Colour)[] classes)
    {
        string root = folder.File("data");
        foreach ((string name, string colour) in classes)
        {
            Write(Path.Combine(root, "train", name), colour, 2 * OfEach, seed: 1);
            Write(Path.Combine(root, "val", name), colour, OfEach, seed: 1000);
        }

        return root;
    }

    /// <summary>The same with folders that are called after their colours.</summary>
    internal static string Write(TemporaryFolder folder, params string[] colours) => Write(folder, [.. colours.Select(colour => (colour, colour))]);

    private static void Write(string path, string colour, int count, int seed)
    {
        Directory.CreateDirectory(path);
        for (int i = 0; i < count; i++)
        {
            PngEncoder.Save(Picture(colour, seed + i), Path.Combine(path, $"{i:D3}.png"));
        }
    }

    private static Image Picture(string colour, int seed)
    {
        (int red, int green, int blue) = colour switch
        {
            "red" => (200, 40, 40),
            "green" => (40, 200, 40),
            "blue" => (40, 40, 200),
            _ => (120, 120, 120),
        };
        var random = new CounterRandom((ulong)seed);
        byte[] pixels = new byte[Side * Side * Image.Channels];
        for (int i = 0; i < pixels.Length; i++)
        {
            int level = (i % Image.Channels) switch { 0 => red, 1 => green, _ => blue };
            pixels[i] = (byte)(level + (int)random.Below((ulong)i, 41) - 20);
        }

        return new Image(Side, Side, pixels);
    }

    private static Model Learn()
    {
        using var folder = new TemporaryFolder();
        string data = Write(folder, Names);
        CliRun run = CliRun.Of("train", "cifar_resnet8", "--side", "16", "--data", data, "-o", folder.File("run"), "--batch", "8", "--epochs", "6", "--lr", "0.05", "--augment", "none", "--threads", "1");
        Assert.True(run.Code == ExitCode.Success, run.Error);
        Model sorted = ModelFile.Read(folder.File("run/model.espalier"));
        Assert.Equal(Names, sorted.Metadata.Labels);
        return Order(sorted, Permuted);
    }
}
