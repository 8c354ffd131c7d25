using System.Security.Cryptography;

namespace Espalier;

/// <summary>What a publisher says about a file's content.</summary>
/// <param name="Algorithm">SHA-256 or MD5.</param>
/// <param name="Start">The digest's first hexadecimal digits, lower case: all of them, or as many as the publisher puts into the file's name.</param>
internal readonly record struct FileDigest(HashAlgorithmName Algorithm, string Start)
{
    /// <summary>The digest of a file.</summary>
    internal string Compute(string path, CancellationToken cancellation)
    {
        using var hash = IncrementalHash.CreateHash(Algorithm);
        using FileStream file = File.OpenRead(path);
        byte[] buffer = new byte[1 << 20];
        for (int read = file.Read(buffer); read > 0; read = file.Read(buffer))
        {
            cancellation.ThrowIfCancellationRequested();
            hash.AppendData(buffer, 0, read);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>Whether a digest is the one that was published.</summary>
    internal bool Matches(string digest) => digest.StartsWith(Start, StringComparison.Ordinal);
}
