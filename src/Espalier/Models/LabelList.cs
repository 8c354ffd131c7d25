using Espalier.Data;
using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier;

/// <summary>The names of a classifier's classes, from a text file or given. Two classes may have one name, as ImageNet's two cranes do.</summary>
internal static class LabelList
{
    private const long Largest = 1 << 26; // a million classes of long names

    /// <summary>Reads a file with a name on each line.</summary>
    /// <exception cref="EspalierException">It cannot be read, has another number of lines than there are classes, or a line is empty.</exception>
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

    /// <summary>The labels, if there is a name for each output.</summary>
    /// <exception cref="EspalierException">There are more or fewer, or one is empty.</exception>
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
