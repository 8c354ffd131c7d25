using System.CommandLine;
using Espalier.Data;
using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Cli;

/// <summary>The names of classes, one on each line.</summary>
internal static class LabelsFile
{
    private const long Largest = 1 << 26; // a million classes of long names

    internal static Option<string?> Option() => new("--labels") { Description = "A text file with the name of class 0, 1, … on each line, for a model that has no labels or other ones.", HelpName = "FILE" };

    /// <summary>A classifier with the labels of a file, if there is one.</summary>
    internal static Model Apply(string? path, Model model) =>
        path is null ? model : model.With(model.Metadata with { Labels = Read(path, OutputClasses.CountOf(model)) });

    /// <summary>Reads a file.</summary>
    /// <exception cref="EspalierException">It has another number of lines than there are classes.</exception>
    private static ValueList<string> Read(string path, int classes)
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
}
