using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Cli.Models;

/// <summary>The names of classes, one on each line.</summary>
internal static class LabelsFile
{
    private const long Largest = 1 << 26; // a million classes of long names

    /// <summary>Reads a file.</summary>
    /// <exception cref="EspalierException">It has another number of lines than there are classes.</exception>
    internal static ValueList<string> Read(string path, int classes)
    {
        if (new FileInfo(path).Length > Largest)
        {
            throw new EspalierException($"{path}: a list of labels of more than {Largest} bytes");
        }

        string[] lines = File.ReadAllLines(path);
        int count = lines.Length;
        while (count > classes && string.IsNullOrWhiteSpace(lines[count - 1]))
        {
            count--; // empty lines at the end
        }

        return count == classes
            ? ValueList.From(lines.Take(count).Select(line => line.Trim()))
            : throw new EspalierException($"{path}: found {count} labels, but the network tells {classes} classes apart");
    }
}
