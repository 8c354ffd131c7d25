namespace Espalier.Data;

/// <summary>Says where data probably is, or what it is, when a path does not hold what was expected.</summary>
internal static class MisplacedData
{
    private const int Shown = 3;
    private static readonly string[] Archives = [".gz", ".tgz", ".tar", ".zip", ".xz", ".bz2", ".7z", ".rar"];

    /// <summary>The error for folders with only one class: the path is probably one level too high.</summary>
    internal static string OneClass(string path, string name)
    {
        string folder = Path.Combine(path, name);
        string[] inside = !Directory.Exists(folder) ? [] : [.. Directory.EnumerateDirectories(folder).Select(inner => Path.GetFileName(inner)).Order(CodePointOrder.Instance)];
        return $"{path}: found one class only, '{name}', and training needs at least two" + (inside.Length == 0 ? ""
            : $"; {folder} contains folders itself ({string.Join(", ", inside.Take(Shown))}{(inside.Length > Shown ? ", …" : "")}): if these are the classes or the parts, give that folder as the data");
    }

    /// <summary>What a folder without data contains instead, as the end of a sentence; empty if nothing is recognized.</summary>
    internal static string Instead(string path)
    {
        string[] files = [.. Directory.EnumerateFiles(path).Order(CodePointOrder.Instance)];
        return IsPython(path) ? ". These are the files of CIFAR for Python, which are pickled: use the binary version of the same page, which 'espalier fetch cifar10' downloads"
            : files.Any(ImageFiles.IsImage) ? ". There are images in the folder itself: move those of each class into a folder of their own"
            : files.FirstOrDefault(file => Archives.Contains(Path.GetExtension(file), StringComparer.OrdinalIgnoreCase)) is string archive ? $". Unpack {archive} first"
            : Directory.EnumerateDirectories(path).Order(CodePointOrder.Instance).FirstOrDefault(HoldsFiles) is string inner ? $". {inner} holds {(IsPython(inner) ? "CIFAR for Python, which is not read" : "such files")}: give that folder as the data"
            : "";
    }

    // CIFAR-10 has data_batch_1 and batches.meta, CIFAR-100 train, test and meta.
    private static bool IsPython(string folder) => Has(folder, "batches.meta") || Has(folder, "data_batch_1") || (Has(folder, "meta") && Has(folder, "train") && Has(folder, "test"));

    private static bool Has(string path, string file) => File.Exists(Path.Combine(path, file));

    private static bool HoldsFiles(string folder) => CifarFiles.Find(folder) is not null || Directory.EnumerateFiles(folder).Any(IdxFiles.IsNamed) || IsPython(folder);
}
