using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.RegularExpressions;
using Espalier.Tensors;

namespace Espalier.Testing;

/// <summary>Reads the answers that NumPy wrote: <c>.npy</c> of format 1, little-endian float32, in C order.</summary>
public static partial class NumpyFile
{
    /// <summary>The array in a file.</summary>
    public static Tensor Read(string path)
    {
        byte[] bytes = File.ReadAllBytes(path);
        int headerLength = BitConverter.ToUInt16(bytes, 8);
        string header = Encoding.ASCII.GetString(bytes, 10, headerLength);
        Assert.Contains("'descr': '<f4', 'fortran_order': False", header, StringComparison.Ordinal);
        int[] extents = [.. Extent().Matches(ShapePart().Match(header).Value).Select(match => int.Parse(match.Value, CultureInfo.InvariantCulture))];
        return Tensor.From<float>(Shape.Of(extents), MemoryMarshal.Cast<byte, float>(bytes.AsSpan(10 + headerLength)));
    }

    [GeneratedRegex(@"\(.*\)")]
    private static partial Regex ShapePart();

    [GeneratedRegex(@"\d+")]
    private static partial Regex Extent();
}
