using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Espalier.Data;
using Espalier.Tensors;

namespace Espalier.Training;

/// <summary>A digest of a data set that does not read all of its images: of the class names, the class and file name of every sample, and the pixels of a few samples.</summary>
/// <remarks>Folder names are not included, so that the data can be moved.</remarks>
internal static class DatasetDigest
{
    private const int Pictures = 16; // few enough to be read quickly even if they are photographs
    private const int Digits = 16;

    /// <summary>Returns the digest as sixteen hexadecimal digits.</summary>
    /// <param name="data">The data; images that cannot be read enter the digest as unreadable.</param>
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
            Add(hash, "unreadable"); // the loader counts and reports it
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
