using System.Numerics;

namespace Espalier.Tensors;

/// <summary>Conversion of a tensor from one element type to another.</summary>
/// <remarks>
/// To a narrower float: rounds once, to nearest even; values that are too large become infinite, and NaN stays NaN. From float to integer: truncates and saturates; NaN becomes 0.
/// To <see cref="ElementType.Boolean"/>: anything but 0 is true. Integers go through <see langword="double"/>,
/// which is exact up to 2⁵³ in magnitude.
/// </remarks>
internal static class TensorConversion
{
    private const int ChunkLength = 4096; // 32 KB of doubles: they fit into the first-level cache

    internal static Tensor Convert(Tensor source, ElementType type)
    {
        Tensor target = Tensor.Zeros(source.Shape, type);
        int count = (int)source.Shape.Count; // fits: the target has been allocated
        double[] chunk = new double[Math.Min(count, ChunkLength)];
        for (int start = 0; start < count; start += ChunkLength)
        {
            Span<double> part = chunk.AsSpan(0, Math.Min(ChunkLength, count - start));
            Load(source, start, part);
            Store(target, start, part);
        }

        return target;
    }

    private static void Load(Tensor source, int start, Span<double> into)
    {
        switch (source.Type)
        {
            case ElementType.Float32: Widen(source.Read<float>()[start..], into); break;
            case ElementType.Float64: source.Read<double>().Slice(start, into.Length).CopyTo(into); break;
            case ElementType.Float16: Widen(source.Read<Half>()[start..], into); break;
            case ElementType.UInt8: Widen(source.Read<byte>()[start..], into); break;
            case ElementType.Int8: Widen(source.Read<sbyte>()[start..], into); break;
            case ElementType.Int16: Widen(source.Read<short>()[start..], into); break;
            case ElementType.Int32: Widen(source.Read<int>()[start..], into); break;
            case ElementType.Int64: Widen(source.Read<long>()[start..], into); break;
            case ElementType.BFloat16:
                ReadOnlySpan<ushort> upper = source.Read<ushort>().Slice(start, into.Length);
                for (int i = 0; i < into.Length; i++)
                {
                    into[i] = BitConverter.UInt32BitsToSingle((uint)upper[i] << 16);
                }

                break;
            case ElementType.Boolean:
                ReadOnlySpan<byte> flags = source.Bytes.Span.Slice(start, into.Length);
                for (int i = 0; i < into.Length; i++)
                {
                    into[i] = flags[i] == 0 ? 0 : 1;
                }

                break;
            default: throw new ArgumentOutOfRangeException(nameof(source), source.Type, "Not an element type.");
        }
    }

    private static void Store(Tensor target, int start, ReadOnlySpan<double> from)
    {
        switch (target.Type)
        {
            case ElementType.Float32: Narrow(from, target.Write<float>()[start..]); break;
            case ElementType.Float64: from.CopyTo(target.Write<double>()[start..]); break;
            case ElementType.Float16: Narrow(from, target.Write<Half>()[start..]); break;
            case ElementType.UInt8: Narrow(from, target.Write<byte>()[start..]); break;
            case ElementType.Int8: Narrow(from, target.Write<sbyte>()[start..]); break;
            case ElementType.Int16: Narrow(from, target.Write<short>()[start..]); break;
            case ElementType.Int32: Narrow(from, target.Write<int>()[start..]); break;
            case ElementType.Int64: Narrow(from, target.Write<long>()[start..]); break;
            case ElementType.BFloat16:
                Span<ushort> upper = target.Write<ushort>()[start..];
                for (int i = 0; i < from.Length; i++)
                {
                    upper[i] = ToBFloat16(from[i]);
                }

                break;
            case ElementType.Boolean:
                Span<bool> flags = target.Write<bool>()[start..];
                for (int i = 0; i < from.Length; i++)
                {
                    flags[i] = from[i] != 0;
                }

                break;
            default: throw new ArgumentOutOfRangeException(nameof(target), target.Type, "Not an element type.");
        }
    }

    private static void Widen<T>(ReadOnlySpan<T> from, Span<double> into) where T : INumberBase<T>
    {
        for (int i = 0; i < into.Length; i++)
        {
            into[i] = double.CreateSaturating(from[i]);
        }
    }

    private static void Narrow<T>(ReadOnlySpan<double> from, Span<T> into) where T : INumberBase<T>
    {
        for (int i = 0; i < from.Length; i++)
        {
            into[i] = T.CreateSaturating(from[i]);
        }
    }

    private static ushort ToBFloat16(double value)
    {
        float single = (float)value;
        uint bits = BitConverter.SingleToUInt32Bits(single);
        if (float.IsNaN(single))
        {
            return (ushort)((bits >> 16) | 0x40); // keeps it a NaN: sets the quiet bit, which is not cut off
        }

        if ((bits & 0xFFFF) == 0x8000)
        {
            // A tie between two results, but perhaps only because the conversion to float rounded: the original value decides.
            bits = (uint)(bits + Math.Sign(Math.Abs(value) - Math.Abs((double)single)));
        }

        uint roundToEven = 0x7FFF + ((bits >> 16) & 1);
        return (ushort)((bits + roundToEven) >> 16);
    }
}
