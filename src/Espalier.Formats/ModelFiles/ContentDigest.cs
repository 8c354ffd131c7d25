using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Espalier.Formats;

/// <summary>SHA-256 of a file's whole content, which detects damage even in weights, where any bits are valid.</summary>
internal static class ContentDigest
{
    /// <summary>The digest of texts and tensors, in hexadecimal. Their order does not matter.</summary>
    public static string Of(IEnumerable<KeyValuePair<string, string>> texts, IEnumerable<KeyValuePair<string, Tensor>> tensors)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach ((string key, string text) in texts.OrderBy(t => t.Key, StringComparer.Ordinal))
        {
            Append(hash, Encoding.UTF8.GetBytes(key));
            Append(hash, Encoding.UTF8.GetBytes(text));
        }

        foreach ((string name, Tensor tensor) in tensors.OrderBy(t => t.Key, StringComparer.Ordinal))
        {
            Append(hash, Encoding.UTF8.GetBytes($"{name} {tensor}"));
            Append(hash, tensor.Bytes.Span);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>Appends bytes preceded by their length, so that different contents never give the same hash input.</summary>
    private static void Append(IncrementalHash hash, ReadOnlySpan<byte> bytes)
    {
        Span<byte> length = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(length, bytes.Length);
        hash.AppendData(length);
        hash.AppendData(bytes);
    }
}
