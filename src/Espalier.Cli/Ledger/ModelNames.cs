using Espalier.Models;
using Espalier.Training;

namespace Espalier.Cli;

/// <summary>Names of models in headings, from the paths that the command line gives.</summary>
internal static class ModelNames
{
    /// <summary>The name of a network of the zoo, of the folder that a training has written, or of a file without its extension.</summary>
    internal static string Of(string model)
    {
        string name = Path.GetFileNameWithoutExtension(model);
        return Zoo.TryFind(model, out _) ? model
            : Path.GetFileName(model) == Path.GetFileName(new TrainingFolder("").Model) && Path.GetFileName(Path.GetDirectoryName(Path.GetFullPath(model))) is { Length: > 0 } folder ? folder
            : name.Length > 0 ? name : model;
    }

    /// <summary>The shortest ends of both paths that differ.</summary>
    internal static (string First, string Second) Of(string first, string second)
    {
        string[] a = Path.ChangeExtension(first, null).Split(Path.DirectorySeparatorChar), b = Path.ChangeExtension(second, null).Split(Path.DirectorySeparatorChar);
        for (int parts = 1; parts <= Math.Max(a.Length, b.Length); parts++)
        {
            (string tail, string other) = (string.Join('/', a.TakeLast(parts)), string.Join('/', b.TakeLast(parts)));
            if (tail != other)
            {
                return (tail, other);
            }
        }

        return (first, second); // the same file, or two that differ only in their extension
    }
}
