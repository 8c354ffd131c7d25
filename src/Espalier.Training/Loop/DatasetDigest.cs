using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Espalier.Data;
using Espalier.Tensors;

namespace Espalier.Training;

/// <summary>A short text that tells two data sets apart without reading all of them: classes, every sample's class and file name, and the pixels of a few samples.</summary>
/// <remarks>Folders' names are left out, so that data may move.</remarks>
internal static class DatasetDigest
{
    private const int Pictures = 16; // read in a tenth of a second or so, even where they are photographs
    private const int Digits = 16;

    /// <summary>Sixteen hexadecimal digits.</summary>
    /// <param name="data">The data; unreadable images count as such.</param>
    public static string Of(IDataset data)
    {
        ArgumentNullException.ThrowIfNull(data);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Add(hash, data.Count);
        Add(hash, data.Labels.Count);
        foreach (string label in data.Labels)
        {
            Add(hash, label);
        }

        for (int i = 0; i < data.Count; i++)
        {
            Add(hash, data.LabelOf(i));
            Add(hash, Path.GetFileName(data.NameOf(i)));
        }

        var pixels = new PixelBuffer();
        for (int i = 0; i < Math.Min(Pictures, data.Count); i++)
        {
            AddPicture(hash, data, (int)((long)i * (data.Count - 1) / Math.Max(1, Math.Min(Pictures, data.Count) - 1)), pixels);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset())[..Digits];
    }

    private static void AddPicture(IncrementalHash hash, IDataset data, int index, PixelBuffer pixels)
    {
        try
        {
            data.Read(index, pixels);
        }
        catch (Exception error) when (error is EspalierException or IOException)
        {
            Add(hash, "unreadable"); // the loader is to count and name it
            return;
        }

        Add(hash, pixels.Width);
        Add(hash, pixels.Height);
        hash.AppendData(pixels.Pixels);
    }

    private static void Add(IncrementalHash hash, string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        Add(hash, bytes.Length);
        hash.AppendData(bytes);
    }

    private static void Add(IncrementalHash hash, int number)
    {
        Span<byte> bytes = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, number);
        hash.AppendData(bytes);
    }
}
