using Espalier.Imaging;
using Espalier.Tensors;

namespace Espalier.Data;

/// <summary>CIFAR-10 or CIFAR-100 in the binary format, held in memory.</summary>
public sealed class CifarDataset : IDataset
{
    private readonly CifarFile[] _files;
    private readonly int[] _starts; // each file's first index

    private CifarDataset(CifarFile[] files)
    {
        _files = files;
        _starts = new int[files.Length];
        for (int i = 0; i < files.Length; i++)
        {
            _starts[i] = Count;
            Count = checked(Count + files[i].Count);
        }

        Labels = LabelsOf(files[0].Format);
    }

    /// <inheritdoc/>
    public int Count { get; }

    /// <inheritdoc/>
    public IReadOnlyList<string> Labels { get; }

    /// <inheritdoc/>
    public Shape? SampleShape { get; } = [Image.Channels, CifarFile.Side, CifarFile.Side];

    /// <summary>Reads files and concatenates them.</summary>
    /// <param name="paths">The files; at least one.</param>
    /// <param name="format">The format, or <see langword="null"/> to determine it from the first file's length.</param>
    /// <exception cref="MalformedInputException">A file does not have that format.</exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public static CifarDataset Open(IEnumerable<string> paths, CifarFormat? format = null)
    {
        var files = new List<CifarFile>();
        foreach (string path in paths)
        {
            files.Add(CifarFile.Read(path, format ?? files.FirstOrDefault()?.Format));
        }

        return files.Count > 0 ? new CifarDataset([.. files]) : throw new ArgumentException("A data set needs at least one file.", nameof(paths));
    }

    /// <summary>The names of the classes, in the data set's own order.</summary>
    public static IReadOnlyList<string> LabelsOf(CifarFormat format) => format == CifarFormat.Cifar100 ? ClassNames.Cifar100 : ClassNames.Cifar10;

    /// <inheritdoc/>
    public int LabelOf(int index)
    {
        (CifarFile file, int place) = Find(index);
        return file.ClassOf(place);
    }

    /// <inheritdoc/>
    public string NameOf(int index)
    {
        (CifarFile file, int place) = Find(index);
        return $"{file.Path}[{place}]";
    }

    /// <inheritdoc/>
    public void Read(int index, PixelBuffer pixels)
    {
        ArgumentNullException.ThrowIfNull(pixels);
        (CifarFile file, int place) = Find(index);
        file.ReadImage(place, pixels);
    }

    private (CifarFile File, int Place) Find(int index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Count);
        int file = _starts.Length - 1;
        while (_starts[file] > index)
        {
            file--;
        }

        return (_files[file], index - _starts[file]);
    }
}
