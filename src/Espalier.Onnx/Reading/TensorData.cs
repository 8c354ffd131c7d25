using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Espalier.Formats;
using Espalier.Onnx.Proto;
using Espalier.Tensors;
using Google.Protobuf.Collections;
using DataType = Espalier.Onnx.Proto.TensorProto.Types.DataType;

namespace Espalier.Onnx;

/// <summary>Reads the values of an ONNX tensor, wherever the file has them.</summary>
internal static class TensorData
{
    /// <summary>The shape of a tensor.</summary>
    /// <exception cref="MalformedInputException">An extent is negative or the limits are exceeded.</exception>
    internal static Shape ShapeOf(TensorProto tensor, OnnxFile file)
    {
        string name = OnnxFile.Shown(tensor.Name);
        long[] dims = [.. tensor.Dims];
        if (dims.Length > file.Limits.TensorRank || dims.Any(dim => dim is < 0 or > int.MaxValue))
        {
            throw file.Malformed($"tensor '{name}' has the shape [{string.Join(", ", dims.Take(8))}]; expected at most {file.Limits.TensorRank} extents of at least 0");
        }

        return TensorBytes.Length(dims, sizeof(double), Math.Min(file.Limits.TensorBytes, int.MaxValue)) is null
            ? throw file.Malformed($"tensor '{name}' has the shape [{string.Join(", ", dims.Take(8))}], larger than the limit")
            : Shape.Of([.. dims.Select(dim => (int)dim)]);
    }

    /// <summary>Whether a tensor's type is one of numbers that this library reads, or booleans.</summary>
    internal static bool IsKnown(TensorProto tensor) => SizeOf((DataType)tensor.DataType) > 0;

    /// <summary>Reads all values as a new tensor.</summary>
    /// <exception cref="MalformedInputException">The values are missing, too few or too many, or of a type that no network here has.</exception>
    internal static Tensor Read(TensorProto tensor, OnnxFile file)
    {
        var type = (DataType)tensor.DataType;
        int size = SizeOf(type);
        string name = OnnxFile.Shown(tensor.Name);
        if (size == 0)
        {
            throw file.Malformed($"tensor '{name}' is of type {type}; expected numbers of 16, 32 or 64 bits, bytes or booleans");
        }

        if (tensor.Segment is not null)
        {
            throw file.Malformed($"tensor '{name}' is stored in segments, which no exporter writes and this library does not read");
        }

        Shape shape = ShapeOf(tensor, file);
        int length = checked((int)shape.Count * size);
        if (tensor.DataLocation == TensorProto.Types.DataLocation.External)
        {
            return Over(ExternalData.Of(tensor, file).Read(length, tensor.Name, file.Limits), type, shape, file, name);
        }

        if (tensor.HasRawData)
        {
            return tensor.RawData.Length == length
                ? Over(tensor.RawData.Memory, type, shape, file, name)
                : throw file.Malformed($"tensor '{name}' of shape {shape} takes {length} bytes, but it has {tensor.RawData.Length}");
        }

        return Listed(tensor, type, shape, file);
    }

    private static int SizeOf(DataType type) => type switch
    {
        DataType.Double or DataType.Int64 or DataType.Uint64 => sizeof(long),
        DataType.Float or DataType.Int32 or DataType.Uint32 => sizeof(int),
        DataType.Float16 or DataType.Bfloat16 or DataType.Int16 or DataType.Uint16 => sizeof(short),
        DataType.Uint8 or DataType.Int8 or DataType.Bool => sizeof(byte),
        _ => 0,
    };

    private static Tensor Over(ReadOnlyMemory<byte> bytes, DataType type, Shape shape, OnnxFile file, string name)
    {
        switch (type)
        {
            case DataType.Uint16:
                return Widened(bytes.Span, sizeof(ushort), shape, at => BinaryPrimitives.ReadUInt16LittleEndian(at));
            case DataType.Uint32:
                return Widened(bytes.Span, sizeof(uint), shape, at => BinaryPrimitives.ReadUInt32LittleEndian(at));
            case DataType.Uint64:
                return Widened(bytes.Span, sizeof(ulong), shape, at => Signed(BinaryPrimitives.ReadUInt64LittleEndian(at)));
            default:
                ElementType element = ElementOf(type);
                TensorBytes.RequireBooleans(element, bytes, file.Name, name);
                return Tensor.Over(shape, element, bytes).Copy(); // aligned, as kernels read it
        }
    }

    private delegate long Reading(ReadOnlySpan<byte> bytes);

    private static Tensor Widened(ReadOnlySpan<byte> bytes, int size, Shape shape, Reading read)
    {
        var tensor = Tensor.Zeros(shape, ElementType.Int64);
        Span<long> values = tensor.Write<long>();
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = read(bytes[(i * size)..]);
        }

        return tensor;
    }

    private static long Signed(ulong value) => (long)Math.Min(value, long.MaxValue);

    private static ElementType ElementOf(DataType type) => type switch
    {
        DataType.Double => ElementType.Float64,
        DataType.Float16 => ElementType.Float16,
        DataType.Bfloat16 => ElementType.BFloat16,
        DataType.Int64 => ElementType.Int64,
        DataType.Int32 => ElementType.Int32,
        DataType.Int16 => ElementType.Int16,
        DataType.Int8 => ElementType.Int8,
        DataType.Uint8 => ElementType.UInt8,
        DataType.Bool => ElementType.Boolean,
        _ => ElementType.Float32,
    };

    /// <summary>Values in the list of their type. Lists of 32 bits have the smaller types too, halves as their bits.</summary>
    private static Tensor Listed(TensorProto tensor, DataType type, Shape shape, OnnxFile file)
    {
        switch (type)
        {
            case DataType.Float:
                return Tensor.From<float>(shape, Exactly(tensor.FloatData, shape, tensor, file));
            case DataType.Double:
                return Tensor.From<double>(shape, Exactly(tensor.DoubleData, shape, tensor, file));
            case DataType.Int64:
                return Tensor.From<long>(shape, Exactly(tensor.Int64Data, shape, tensor, file));
            case DataType.Uint64 or DataType.Uint32:
                return Tensor.From<long>(shape, Array.ConvertAll(Exactly(tensor.Uint64Data, shape, tensor, file), Signed));
            default:
                return Over(Narrowed(Exactly(tensor.Int32Data, shape, tensor, file), SizeOf(type)), type, shape, file, OnnxFile.Shown(tensor.Name));
        }
    }

    private static byte[] Narrowed(int[] values, int size)
    {
        byte[] all = MemoryMarshal.AsBytes<int>(values).ToArray();
        byte[] narrow = new byte[values.Length * size];
        for (int i = 0; i < values.Length; i++)
        {
            all.AsSpan(i * sizeof(int), size).CopyTo(narrow.AsSpan(i * size));
        }

        return narrow;
    }

    private static T[] Exactly<T>(RepeatedField<T> values, Shape shape, TensorProto tensor, OnnxFile file) => values.Count == shape.Count
        ? [.. values]
        : throw file.Malformed($"tensor '{OnnxFile.Shown(tensor.Name)}' of shape {shape} takes {shape.Count} values, but it has {values.Count}");
}
