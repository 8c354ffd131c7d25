using System.Formats.Tar;
using System.IO.Compression;
using Espalier.Tensors;

namespace Espalier;

/// <summary>Unpacks a .tar.gz from an untrusted source: only regular files, only below the target, and with limits on their number and size.</summary>
internal static class TarExtraction
{
    private const long MostBytes = 1L << 30; // CIFAR-10 has 184 MB
    private const int MostEntries = 1000; // CIFAR-10 has 10

    /// <summary>Unpacks one folder of an archive. The target is created only when it is complete.</summary>
    /// <param name="archive">The archive.</param>
    /// <param name="folder">The folder within the archive.</param>
    /// <param name="target">The path of the unpacked folder.</param>
    /// <param name="cancellation">Cancels the operation and deletes what was unpacked.</param>
    /// <exception cref="EspalierException">The archive is damaged, exceeds the limits, or has entries outside of it or other than files and folders.</exception>
    internal static void Run(string archive, string folder, string target, CancellationToken cancellation)
    {
        using FileStream file = OpenAlone(archive);
        string draft = target + ".part";
        try
        {
            Discard(draft); // of a killed process: no other one is unpacking the archive
            Directory.CreateDirectory(draft);
            Unpack(file, archive, draft, cancellation);
            string found = Path.Combine(draft, folder);
            if (!Directory.Exists(found))
            {
                throw new MalformedInputException(archive, null, $"the archive has no folder '{folder}'");
            }

            Directory.Move(found, target);
        }
        catch (Exception error) when (error is InvalidDataException or FormatException or EndOfStreamException)
        {
            throw new MalformedInputException(archive, null, $"not a .tar.gz archive, or a damaged one: {error.Message}");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new EspalierException($"cannot unpack {archive} to {target}: {error.Message}", error);
        }
        finally
        {
            Discard(draft);
        }
    }

    /// <summary>Opens the archive, locked until the stream is closed or the process ends.</summary>
    private static FileStream OpenAlone(string archive)
    {
        try
        {
            return new FileStream(archive, FileMode.Open, FileAccess.Read, FileShare.None);
        }
        catch (IOException error) when (FileErrors.IsLocked(error))
        {
            throw new EspalierException($"another process is unpacking {archive}; wait until it has ended", error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw FileErrors.Unreadable(archive, error);
        }
    }

    private static void Discard(string draft)
    {
        if (Directory.Exists(draft))
        {
            Directory.Delete(draft, recursive: true);
        }
    }

    private static void Unpack(FileStream file, string archive, string draft, CancellationToken cancellation)
    {
        using var unzipped = new GZipStream(file, CompressionMode.Decompress);
        using var tar = new TarReader(unzipped);
        long bytes = 0;
        int entries = 0;
        while (tar.GetNextEntry() is TarEntry entry)
        {
            cancellation.ThrowIfCancellationRequested();
            bytes += entry.Length;
            if (++entries > MostEntries || bytes > MostBytes)
            {
                throw new MalformedInputException(archive, null, $"the archive contains more than {MostEntries} entries or {MostBytes} bytes");
            }

            Unpack(entry, archive, draft);
        }
    }

    private static void Unpack(TarEntry entry, string archive, string draft)
    {
        string path = Path.GetFullPath(Path.Combine(draft, entry.Name));
        if (path != draft && !path.StartsWith(draft + Path.DirectorySeparatorChar, StringComparison.Ordinal))
        {
            throw new MalformedInputException(archive, null, $"the archive has an entry '{entry.Name}' that leads out of it");
        }

        switch (entry.EntryType)
        {
            case TarEntryType.Directory:
                Directory.CreateDirectory(path);
                break;
            case TarEntryType.RegularFile or TarEntryType.V7RegularFile:
                Directory.CreateDirectory(Path.GetDirectoryName(path)!);
                using (var output = new FileStream(path, FileMode.CreateNew))
                {
                    entry.DataStream?.CopyTo(output);
                }

                break;
            default:
                throw new MalformedInputException(archive, null, $"the archive has an entry '{entry.Name}' of type {entry.EntryType}; only files and folders are unpacked");
        }
    }
}
