using System.IO.Compression;

namespace Espalier.Testing;

/// <summary>Tables of tab-separated values, packed or not; the first line names the columns.</summary>
public static class Table
{
    public static IEnumerable<string[]> Rows(string path)
    {
        using Stream stream = File.OpenRead(path);
        using Stream unpacked = path.EndsWith(".gz", StringComparison.Ordinal) ? new GZipStream(stream, CompressionMode.Decompress) : stream;
        using var reader = new StreamReader(unpacked);
        reader.ReadLine();
        while (reader.ReadLine() is string line)
        {
            yield return line.Split('\t');
        }
    }
}
