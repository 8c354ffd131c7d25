using Espalier.Data;
using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier;

/// <summary>Reads and checks the labels of a classifier. Two classes may have the same label, as two of ImageNet do.</summary>
internal static class LabelList
{
    private const long Largest = 1 << 26; // a million classes of long names

    /// <summary>Reads a file with one label per line.</summary>
    /// <exception cref="EspalierException">The file cannot be read, does not have one line per class, or has an empty line.</exception>
    internal static ValueList<string> Read(string path, int classes)
    {
        string[] lines = FileErrors.Read(path, () => new FileInfo(path).Length <= Largest
            ? File.ReadAllLines(path)
            : throw new EspalierException($"{path}: a list of labels of more than {Largest} bytes"));
        int count = lines.Length;
        while (count > classes && string.IsNullOrWhiteSpace(lines[count - 1]))
        {
            count--; // empty lines at the end
        }

        if (count != classes)
        {
            throw new EspalierException($"{path}: found {count} labels, but the network has {classes} outputs");
        }

        return Array.FindIndex(lines, 0, count, string.IsNullOrWhiteSpace) is int empty and >= 0
            ? throw new EspalierException($"{path} line {empty + 1}: expected the name of class {empty}, found an empty line")
            : ValueList.From(lines.Take(count).Select(line => line.Trim()));
    }

    /// <summary>Returns the labels, and throws unless there is one for each output and none is empty.</summary>
    internal static ValueList<string> Require(ValueList<string> labels, Model model)
    {
        int classes = OutputClasses.CountOf(model);
        if (labels.Count != classes)
        {
            throw new EspalierException($"there are {labels.Count} labels, but the network has {classes} outputs");
        }

        return Array.FindIndex([.. labels], string.IsNullOrWhiteSpace) is int empty and >= 0
            ? throw new EspalierException($"the label of class {empty} is empty")
            : labels;
    }
}
