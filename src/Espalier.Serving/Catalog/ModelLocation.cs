using System.Globalization;

namespace Espalier.Serving;

/// <summary>A model's file with the name and version that it is served under.</summary>
/// <param name="Name">The model's name.</param>
/// <param name="Version">Its version.</param>
/// <param name="Path">The path of its file.</param>
internal sealed record ModelLocation(string Name, int Version, string Path)
{
    private const string Extension = ".espalier";

    /// <summary>Name and version as messages have them, without the path.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Name} version {Version}");

    /// <summary>What changes when the file does: its length and time.</summary>
    internal (long Length, long Time) Stamp()
    {
        var file = new FileInfo(Path);
        return file.Exists ? (file.Length, file.LastWriteTimeUtc.Ticks) : default;
    }

    /// <summary>Finds the models of a server, in order of names and versions.</summary>
    /// <exception cref="EspalierException">Two models have the same name and version, a folder is not there, or is none of models; the message says which.</exception>
    internal static IReadOnlyList<ModelLocation> Find(ServingOptions options)
    {
        ModelLocation[] all = [.. options.Models.Select(OfFile), .. options.Folder is null ? [] : InFolder(options.Folder)];
        if (all.GroupBy(model => (model.Name, model.Version)).FirstOrDefault(group => group.Count() > 1) is { } twice)
        {
            throw new EspalierException($"{string.Join(" and ", twice.Select(model => model.Path))} would both be served as {twice.First()}; rename one of them, or give them versions in a folder of models");
        }

        return all.Length > 0
            ? [.. all.OrderBy(model => model.Name, StringComparer.Ordinal).ThenBy(model => model.Version)]
            : throw new EspalierException(options.Folder is null ? "there is no model to serve" : $"{options.Folder} has no model: expected NAME/VERSION/*{Extension} or NAME{Extension} in it");
    }

    private static ModelLocation OfFile(string source)
    {
        string path = new ModelSource(source).Name; // of a training's folder the file in it
        string named = Directory.Exists(source) ? System.IO.Path.TrimEndingDirectorySeparator(source) : path;
        string name = Directory.Exists(source) ? System.IO.Path.GetFileName(named) : System.IO.Path.GetFileNameWithoutExtension(named);
        return new ModelLocation(Required(name, source), 1, path);
    }

    private static IEnumerable<ModelLocation> InFolder(string folder)
    {
        if (!Directory.Exists(folder))
        {
            throw new EspalierException($"{folder} is not a folder; expected one of models");
        }

        foreach (string file in Visible(Directory.EnumerateFiles(folder, $"*{Extension}")))
        {
            yield return new ModelLocation(Required(System.IO.Path.GetFileNameWithoutExtension(file), file), 1, file);
        }

        foreach (string model in Visible(Directory.EnumerateDirectories(folder)))
        {
            foreach (string version in Visible(Directory.EnumerateDirectories(model)))
            {
                yield return OfVersion(Required(System.IO.Path.GetFileName(model), model), version);
            }
        }
    }

    private static ModelLocation OfVersion(string name, string folder)
    {
        string text = System.IO.Path.GetFileName(folder);
        if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int version) || version.ToString(CultureInfo.InvariantCulture) != text)
        {
            throw new EspalierException($"{folder} is no version: expected a whole number such as 1 as the name of the folder");
        }

        string[] files = [.. Visible(Directory.EnumerateFiles(folder, $"*{Extension}"))];
        return files.Length == 1
            ? new ModelLocation(name, version, files[0])
            : throw new EspalierException($"{folder} has {files.Length} files *{Extension}; expected one");
    }

    /// <summary>A name that can be part of an address as it is.</summary>
    private static string Required(string name, string path) => name.Length > 0 && name.All(letter => char.IsLetterOrDigit(letter) || letter is '-' or '_' or '.' or '+')
        ? name
        : throw new EspalierException($"{path} cannot be served under the name '{name}': expected letters, digits, '-', '_', '.' and '+'");

    private static IEnumerable<string> Visible(IEnumerable<string> paths) => paths.Where(path => !System.IO.Path.GetFileName(path).StartsWith('.')).Order(StringComparer.Ordinal);
}
