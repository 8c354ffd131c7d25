using Espalier.Imaging;
using Espalier.Tensors;

namespace Espalier.Cli.Data;

/// <summary>
/// CIFAR-10 in its binary form (https://www.cs.toronto.edu/~kriz/cifar.html): for each image a byte for the class, then the red, the green
/// and the blue plane of 32x32 bytes.
/// </summary>
internal sealed class CifarFile
{
    internal const int Classes = 10;
    private const int Side = 32;
    private const int Plane = Side * Side;
    private const int Record = 1 + (Image.Channels * Plane);
    private const long Largest = 1L << 30; // the original files have 30 MB; the largest that is worth holding in memory

    private readonly byte[] _bytes;

    private CifarFile(string path, byte[] bytes) => (Path, _bytes) = (path, bytes);

    internal string Path { get; }

    internal int Count => _bytes.Length / Record;

    /// <summary>Reads and checks a file.</summary>
    /// <exception cref="MalformedInputException">It is not of that form.</exception>
    internal static CifarFile Read(string path)
    {
        long length = new FileInfo(path).Length;
        if (length is 0 or > Largest || length % Record != 0)
        {
            MalformedInputException.Throw(path, null, $"not a CIFAR-10 binary file: found {length} bytes, expected a multiple of {Record} up to {Largest}");
        }

        var file = new CifarFile(path, File.ReadAllBytes(path));
        for (int i = 0; i < file.Count; i++)
        {
            if (file.ClassOf(i) >= Classes)
            {
                MalformedInputException.Throw(path, (long)i * Record, $"not a CIFAR-10 binary file: found class {file.ClassOf(i)}, expected 0 to {Classes - 1}");
            }
        }

        return file;
    }

    internal int ClassOf(int index) => _bytes[index * Record];

    internal Image ImageAt(int index)
    {
        ReadOnlySpan<byte> planes = _bytes.AsSpan((index * Record) + 1, Record - 1);
        byte[] pixels = new byte[planes.Length];
        for (int i = 0; i < Plane; i++)
        {
            for (int channel = 0; channel < Image.Channels; channel++)
            {
                pixels[(i * Image.Channels) + channel] = planes[(channel * Plane) + i];
            }
        }

        return new Image(Side, Side, pixels);
    }
}
