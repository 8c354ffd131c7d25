using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Espalier.Data;
using Espalier.Tensors;

namespace Espalier.Training;

/// <summary>A digest of what every sample of a data set contains: all bytes of a small data set, and the length of every file of a large one, which must not be read as a whole only to be compared.</summary>
/// <remarks><see cref="DatasetDigest"/> covers names and classes, and the pixels of a few samples.</remarks>
internal static class DatasetContent
{
    private const long Small = 1 << 26; // 64 MiB are read and hashed in a fraction of a second
    private const int Digits = 16;

    /// <summary>Returns the digest as sixteen hexadecimal digits.</summary>
    internal static string DigestOf(IDataset data)
    {
        long[] lengths = [.. Enumerable.Range(0, data.Count).Select(i => LengthOf(data, i))];
        bool isSmall = lengths.Sum() <= Small;
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var pixels = new PixelBuffer();
        for (int i = 0; i < data.Count; i++)
        {
            byte[] length = new byte[sizeof(long)];
            BinaryPrimitives.WriteInt64LittleEndian(length, lengths[i]);
            hash.AppendData(length);
            if (isSmall)
            {
                AppendSample(hash, data, i, pixels);
            }
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset())[..Digits];
    }

    /// <summary>The bytes of a sample's file, or of its pixels if it has no file of its own.</summary>
    private static long LengthOf(IDataset data, int index)
    {
        var file = new FileInfo(data.NameOf(index));
        return file.Exists ? file.Length : data.SampleShape?.Count ?? 0;
    }

    private static void AppendSample(IncrementalHash hash, IDataset data, int index, PixelBuffer pixels)
    {
        try
        {
            if (File.Exists(data.NameOf(index)))
            {
                hash.AppendData(File.ReadAllBytes(data.NameOf(index)));
                return;
            }

            data.Read(index, pixels);
            hash.AppendData(pixels.Pixels);
        }
        catch (Exception error) when (error is EspalierException or IOException or UnauthorizedAccessException)
        {
            hash.AppendData(Encoding.UTF8.GetBytes("unreadable")); // the loader counts and reports it
        }
    }
}
