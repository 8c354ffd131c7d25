using Espalier.Data;
using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier;

/// <summary>Reads and checks the labels of a classifier.</summary>
internal static class LabelList
{
    private const long Largest = 1 << 26; // a million classes of long names

    /// <summary>Reads a file with one label per line.</summary>
    /// <exception cref="EspalierException">The file does not have one line per class.</exception>
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
            : throw new EspalierException($"{path}: found {count} labels, but the network has {classes} outputs");
    }

    /// <summary>Returns the labels, and throws unless there is one for each output.</summary>
    internal static ValueList<string> Require(ValueList<string> labels, Model model)
    {
        int classes = OutputClasses.CountOf(model);
        return labels.Count == classes ? labels : throw new EspalierException($"there are {labels.Count} labels, but the network has {classes} outputs");
    }
}
