using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Espalier.Formats;

/// <summary>Reads and writes arrays in NumPy's npy format (https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html).</summary>
public static partial class NpyFile
{
    private const int Alignment = 64; // of the array in the file, as NumPy writes it
    private const int MostHeader = 1 << 16; // about a hundred bytes are usual

    private static ReadOnlySpan<byte> Magic => [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y'];

    /// <summary>Reads an array of floats or integers, little-endian and row by row (C order).</summary>
    /// <exception cref="MalformedInputException">The file is not such an array, is damaged or exceeds the limits.</exception>
    /// <exception cref="EspalierException">The file cannot be opened or read.</exception>
    public static Tensor Read(string path, Limits? limits = null)
    {
        Limits chosen = limits ?? Limits.Default;
        using ByteSource source = ByteSource.Open(path, chosen);
        try
        {
            return Read(source, chosen);
        }
        catch (IOException error)
        {
            throw new EspalierException($"cannot read {path}: {error.Message}", error);
        }
    }

    /// <summary>Writes a tensor as an array, atomically.</summary>
    /// <param name="path">The path of the file.</param>
    /// <param name="tensor">The tensor; bfloat16, which NumPy lacks, is written as float32.</param>
    /// <exception cref="EspalierException">The file cannot be written; an existing file stays unchanged.</exception>
    public static void Write(string path, Tensor tensor)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        Tensor array = tensor.Type == ElementType.BFloat16 ? tensor.To(ElementType.Float32) : tensor;
        int[] extents = [.. array.Shape.Extents];
        string shape = extents.Length == 1 ? $"{extents[0]}," : string.Join(", ", extents.Select(extent => extent.ToString(CultureInfo.InvariantCulture)));
        string text = $"{{'descr': '{Types.Single(type => type.Value == array.Type).Key}', 'fortran_order': False, 'shape': ({shape}), }}";
        int whole = (Magic.Length + 4 + text.Length + 1 + Alignment - 1) / Alignment * Alignment;
        byte[] header = Encoding.ASCII.GetBytes(text.PadRight(whole - Magic.Length - 5) + "\n");
        AtomicFile.Write(path, stream =>
        {
            Span<byte> start = [.. Magic, 1, 0, 0, 0];
            BinaryPrimitives.WriteUInt16LittleEndian(start[8..], (ushort)header.Length);
            stream.Write(start);
            stream.Write(header);
            stream.Write(array.Bytes.Span);
        });
    }

    private static readonly KeyValuePair<string, ElementType>[] Types =
    [
        new("<f4", ElementType.Float32), new("<f8", ElementType.Float64), new("<f2", ElementType.Float16), new("|u1", ElementType.UInt8), new("|i1", ElementType.Int8),
        new("<i2", ElementType.Int16), new("<i4", ElementType.Int32), new("<i8", ElementType.Int64), new("|b1", ElementType.Boolean),
    ];

    private static Tensor Read(ByteSource source, in Limits limits)
    {
        byte[] start = new byte[(int)Math.Min(12, source.Length)];
        source.Read(0, start);
        if (start.Length < 12 || !start.AsSpan().StartsWith(Magic))
        {
            throw source.Malformed(0, "not an array in NumPy's npy format: it does not begin with \\x93NUMPY");
        }

        bool isFirst = start[6] == 1; // the first version has 16 bits of length, later ones 32
        int begin = isFirst ? 10 : 12;
        long length = isFirst ? BinaryPrimitives.ReadUInt16LittleEndian(start.AsSpan(8)) : BinaryPrimitives.ReadUInt32LittleEndian(start.AsSpan(8));
        if (length > Math.Min(MostHeader, source.Length - begin))
        {
            throw source.Malformed(8, "a NumPy array whose header extends beyond the end of the file, or is longer than any header");
        }

        byte[] text = new byte[length];
        source.Read(begin, text);
        return Read(source, begin + length, Encoding.Latin1.GetString(text), limits);
    }

    private static Tensor Read(ByteSource source, long begin, string header, in Limits limits)
    {
        Match match = Header().Match(header);
        if (!match.Success)
        {
            throw source.Malformed(10, "a NumPy array whose header lacks type, order or shape, or that holds records");
        }

        string type = match.Groups["type"].Value;
        KeyValuePair<string, ElementType> known = Array.Find(Types, each => each.Key == type);
        if (known.Key is null)
        {
            throw source.Malformed(10, $"a NumPy array of type {type}; supported are {string.Join(", ", Types.Select(each => each.Key))}");
        }

        string[] extents = match.Groups["shape"].Value.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (match.Groups["order"].Value == "True" && extents.Length > 1)
        {
            throw source.Malformed(10, "a NumPy array in Fortran order, column by column; numpy.ascontiguousarray gives the usual order");
        }

        long bytes = known.Value.Size();
        foreach (string extent in extents)
        {
            bytes = int.TryParse(extent, NumberStyles.None, CultureInfo.InvariantCulture, out int count) && (count == 0 || bytes <= limits.TensorBytes / count) ? bytes * count : long.MaxValue;
        }

        return extents.Length <= limits.TensorRank && bytes == source.Length - begin && bytes <= int.MaxValue
            ? Tensor.Over([.. extents.Select(extent => int.Parse(extent, CultureInfo.InvariantCulture))], known.Value, source.ReadBlock(begin, (int)bytes))
            : throw source.Malformed(begin, $"a NumPy array of shape ({string.Join(", ", extents)}) and type {type}, for which the file's {source.Length - begin:N0} bytes after the header are the wrong number, or more than the limit");
    }

    [GeneratedRegex(@"'descr':\s*'(?<type>[<>|=]?[A-Za-z][0-9]{1,4})',\s*'fortran_order':\s*(?<order>True|False),\s*'shape':\s*\((?<shape>[0-9, ]{0,200})\)", RegexOptions.CultureInvariant)]
    private static partial Regex Header();
}
