using Espalier.Formats;
using Espalier.Graphs;
using Espalier.Imaging;
using Espalier.Models;
using Espalier.Tensors;

namespace Espalier.Testing;

/// <summary>A small model and small images, made up from seeds.</summary>
public static class TinyData
{
    public const string Network = "cifar_resnet20";
    public const int Classes = 10;
    private const int Side = 32;

    public static Model Model(int? classes = null) => Zoo.Create(Network, new ZooOptions { Classes = classes }).Initialize(1);

    public static string WriteModel(TemporaryFolder folder)
    {
        string path = folder.File("tiny.espalier");
        ModelFile.Write(path, Model());
        return path;
    }

    public static Image Picture(int seed)
    {
        byte[] pixels = new byte[Side * Side * Image.Channels];
        var random = new CounterRandom((ulong)seed);
        for (int i = 0; i < pixels.Length; i++)
        {
            pixels[i] = (byte)random.Below((ulong)i, 256);
        }

        return new Image(Side, Side, pixels);
    }

    /// <summary>Pictures 0 … count−1, of class seed mod 10, as one CIFAR-10 file.</summary>
    public static string WriteCifar(TemporaryFolder folder, int count)
    {
        string path = folder.File("tiny.bin");
        using FileStream file = File.Create(path);
        for (int i = 0; i < count; i++)
        {
            ReadOnlySpan<byte> pixels = Picture(i).Pixels.Span;
            file.WriteByte((byte)(i % Classes));
            for (int channel = 0; channel < Image.Channels; channel++)
            {
                for (int at = channel; at < pixels.Length; at += Image.Channels)
                {
                    file.WriteByte(pixels[at]);
                }
            }
        }

        return path;
    }

    /// <summary>The same pictures as PNG files in a folder for each class, called by the class's label.</summary>
    public static string WriteFolders(TemporaryFolder folder, int count)
    {
        string path = folder.File("classes");
        ValueList<string> labels = Model().Metadata.Labels;
        for (int i = 0; i < count; i++)
        {
            string name = Path.Combine(path, labels[i % Classes]);
            Directory.CreateDirectory(name);
            PngEncoder.Save(Picture(i), Path.Combine(name, $"{i:D4}.png"));
        }

        return path;
    }
}
