using System.Security.Cryptography;

namespace Espalier;

/// <summary>The published digest of a file.</summary>
/// <param name="Algorithm">SHA-256 or MD5.</param>
/// <param name="Start">The first hexadecimal digits of the digest, lower case: all of them, or those that the file name contains.</param>
internal readonly record struct FileDigest(HashAlgorithmName Algorithm, string Start)
{
    /// <summary>Computes the digest of a whole file.</summary>
    internal string Compute(FileStream file, CancellationToken cancellation)
    {
        using var hash = IncrementalHash.CreateHash(Algorithm);
        file.Position = 0;
        byte[] buffer = new byte[1 << 20];
        for (int read = file.Read(buffer); read > 0; read = file.Read(buffer))
        {
            cancellation.ThrowIfCancellationRequested();
            hash.AppendData(buffer, 0, read);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>Whether a digest is the published one.</summary>
    internal bool Matches(string digest) => digest.StartsWith(Start, StringComparison.Ordinal);
}
