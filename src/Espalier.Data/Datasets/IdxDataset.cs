using System.Globalization;
using Espalier.Imaging;
using Espalier.Tensors;

namespace Espalier.Data;

/// <summary>Gray images and their classes from a pair of idx files, compressed with gzip or not, held in memory: MNIST, Fashion-MNIST and similar data sets.</summary>
public sealed class IdxDataset : IDataset
{
    private readonly string _path;
    private readonly IdxFile _images;
    private readonly IdxFile _classes;

    private IdxDataset(string path, IdxFile images, IdxFile classes, IReadOnlyList<string> labels)
    {
        _path = path;
        _images = images;
        _classes = classes;
        Labels = labels;
        SampleShape = [1, images.Extents[1], images.Extents[2]];
    }

    /// <inheritdoc/>
    public int Count => _images.Extents[0];

    /// <inheritdoc/>
    public IReadOnlyList<string> Labels { get; }

    /// <inheritdoc/>
    public Shape? SampleShape { get; }

    /// <summary>Reads a pair of files.</summary>
    /// <param name="images">The file of images: count x rows x columns bytes, 0 for black.</param>
    /// <param name="classes">The file of classes: count bytes.</param>
    /// <param name="labels">The names of the classes; by default their indices.</param>
    /// <param name="limits">Limits on file and array sizes; by default <see cref="Limits.Default"/>.</param>
    /// <exception cref="MalformedInputException">A file is damaged, or the two do not belong together.</exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public static IdxDataset Open(string images, string classes, IReadOnlyList<string>? labels = null, Limits? limits = null)
    {
        IdxFile pixels = IdxFile.Read(images, 3, limits ?? Limits.Default);
        IdxFile known = IdxFile.Read(classes, 1, limits ?? Limits.Default);
        if (known.Extents[0] != pixels.Extents[0])
        {
            MalformedInputException.Throw(classes, null, $"found {known.Extents[0]} classes for the {pixels.Extents[0]} images of {images}");
        }

        IReadOnlyList<string> names = labels ?? Numbers(Math.Max(known.Bytes.Max() + 1, ClassNames.Digits.Count));
        int wrong = known.Bytes.AsSpan().IndexOfAnyInRange((byte)Math.Min(names.Count, byte.MaxValue), byte.MaxValue);
        if (wrong >= 0 && known.Bytes[wrong] >= names.Count)
        {
            MalformedInputException.Throw(classes, 8 + wrong, $"found class {known.Bytes[wrong]}, expected 0 to {names.Count - 1}");
        }

        return new IdxDataset(images, pixels, known, names);
    }

    /// <inheritdoc/>
    public int LabelOf(int index) => _classes.Bytes[index];

    /// <inheritdoc/>
    public string NameOf(int index) => $"{_path}[{index}]";

    /// <inheritdoc/>
    public void Read(int index, PixelBuffer pixels)
    {
        ArgumentNullException.ThrowIfNull(pixels);
        (int height, int width) = (_images.Extents[1], _images.Extents[2]);
        ReadOnlySpan<byte> gray = _images.Bytes.AsSpan(index * height * width, height * width);
        Span<byte> to = pixels.Reset(width, height);
        for (int i = 0; i < gray.Length; i++)
        {
            to.Slice(i * Image.Channels, Image.Channels).Fill(gray[i]);
        }
    }

    private static string[] Numbers(int count) => [.. Enumerable.Range(0, count).Select(number => number.ToString(CultureInfo.InvariantCulture))];
}
