using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Espalier.Tensors;

namespace Espalier.Imaging.Tests;

/// <summary>Finds the files that <c>Fixtures/generate.py</c> made, and compares with its answers.</summary>
internal static class Fixture
{
    public static string Path(string name) => System.IO.Path.Combine(AppContext.BaseDirectory, "Fixtures", name);

    public static byte[] Bytes(string name) => File.ReadAllBytes(Path(name));

    /// <summary>The rows of a table without its heading.</summary>
    public static IEnumerable<string[]> Table(string path) => File.ReadLines(path).Skip(1).Select(line => line.Split('\t'));

    public static Image Decode(string name) => ImageDecoder.Decode(Path(name));

    /// <summary>Width, height and SHA-256 of the pixels, to be compared in one go.</summary>
    public static (int Width, int Height, string Hash) Describe(Image image) => (image.Width, image.Height, Hash(image.Pixels.Span));

    public static string Hash(Tensor tensor) => Hash(MemoryMarshal.AsBytes(tensor.Read<float>()));

    public static string Hash(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    public static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}
