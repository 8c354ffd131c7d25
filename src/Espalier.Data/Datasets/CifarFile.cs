using Espalier.Imaging;
using Espalier.Tensors;

namespace Espalier.Data;

/// <summary>
/// A file of CIFAR's binary format (https://www.cs.toronto.edu/~kriz/cifar.html): for each image one or two bytes for its class, then the red,
/// the green and the blue plane of 32x32 bytes.
/// </summary>
internal sealed class CifarFile
{
    internal const int Side = 32;
    private const int Plane = Side * Side;
    private const int ImageBytes = Image.Channels * Plane;
    private const long Largest = 1L << 30; // bytes; a file is held in memory, and the original ones have 30 and 150 MB

    private readonly byte[] _bytes;
    private readonly int _labelBytes;

    private CifarFile(string path, CifarFormat format, byte[] bytes)
    {
        Path = path;
        Format = format;
        _bytes = bytes;
        _labelBytes = LabelBytes(format);
    }

    internal string Path { get; }

    internal CifarFormat Format { get; }

    internal int Count => _bytes.Length / Record;

    private int Record => _labelBytes + ImageBytes;

    /// <summary>Reads and checks a file; without a format, its length determines it.</summary>
    /// <exception cref="MalformedInputException">The file does not have that format.</exception>
    internal static CifarFile Read(string path, CifarFormat? wanted)
    {
        long length = new FileInfo(path).Length;
        CifarFormat format = wanted ?? (length % (LabelBytes(CifarFormat.Cifar10) + ImageBytes) != 0 && length % (LabelBytes(CifarFormat.Cifar100) + ImageBytes) == 0
            ? CifarFormat.Cifar100
            : CifarFormat.Cifar10);
        int record = LabelBytes(format) + ImageBytes;
        if (length is 0 or > Largest || length % record != 0)
        {
            MalformedInputException.Throw(path, null, $"not a {NameOf(format)} binary file: found {length} bytes, expected a multiple of {record} up to {Largest}");
        }

        var file = new CifarFile(path, format, File.ReadAllBytes(path));
        if (file._bytes.Length != length)
        {
            MalformedInputException.Throw(path, null, $"the file changed while it was read: {length} bytes became {file._bytes.Length}");
        }

        file.CheckClasses();
        return file;
    }

    /// <summary>Whether a file's size is that of records of either format.</summary>
    internal static bool HasSize(string path)
    {
        long length = new FileInfo(path).Length;
        return length > 0 && (length % (LabelBytes(CifarFormat.Cifar10) + ImageBytes) == 0 || length % (LabelBytes(CifarFormat.Cifar100) + ImageBytes) == 0);
    }

    internal int ClassOf(int index) => _bytes[(index * Record) + _labelBytes - 1];

    internal void ReadImage(int index, PixelBuffer pixels)
    {
        ReadOnlySpan<byte> planes = _bytes.AsSpan((index * Record) + _labelBytes, ImageBytes);
        ReadOnlySpan<byte> red = planes[..Plane], green = planes.Slice(Plane, Plane), blue = planes[(2 * Plane)..];
        Span<byte> to = pixels.Reset(Side, Side);
        for (int i = 0, at = 0; i < Plane; i++, at += Image.Channels)
        {
            to[at] = red[i];
            to[at + 1] = green[i];
            to[at + 2] = blue[i];
        }
    }

    private static int LabelBytes(CifarFormat format) => format == CifarFormat.Cifar100 ? 2 : 1;

    private static string NameOf(CifarFormat format) => format == CifarFormat.Cifar100 ? "CIFAR-100" : "CIFAR-10";

    private void CheckClasses()
    {
        int classes = CifarDataset.LabelsOf(Format).Count;
        for (int i = 0; i < Count; i++)
        {
            if (ClassOf(i) >= classes)
            {
                MalformedInputException.Throw(Path, ((long)i * Record) + _labelBytes - 1, $"not a {NameOf(Format)} binary file: found class {ClassOf(i)}, expected 0 to {classes - 1}");
            }
        }
    }
}
