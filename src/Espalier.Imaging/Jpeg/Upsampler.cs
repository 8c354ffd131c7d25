using System.Runtime.Intrinsics;

namespace Espalier.Imaging;

/// <summary>Upsamples a component's rows to the image's full size, as libjpeg-turbo does with "fancy upsampling".</summary>
/// <remarks>
/// A factor of 2 horizontally, vertically or both is interpolated with a triangle filter (3/4 of the nearer sample and 1/4 of the further one, along each axis);
/// every other factor repeats samples, and so does every factor at 1/8 of the size. Beyond its borders a component is extended with its outermost samples.
/// The roundings alternate (the bias of each output is stated where it is added) as libjpeg's do to avoid drift.
/// </remarks>
internal sealed class Upsampler
{
    // A row of one or two samples is repeated horizontally, not interpolated: libjpeg's filters need three.
    private const int NarrowestInterpolated = 3;

    private const int Lanes = 16; // samples per vector

    private readonly JpegComponent _component;
    private readonly int _horizontal;
    private readonly int _vertical;
    private readonly bool _interpolates;
    private readonly byte[] _row;
    private readonly ushort[] _sums;

    public Upsampler(JpegComponent component, JpegFrame frame)
    {
        _component = component;
        int side = frame.Reduction.Side;
        _horizontal = frame.MaxHorizontal * side / (component.Horizontal * component.DecodedSide);
        _vertical = frame.MaxVertical * side / (component.Vertical * component.DecodedSide);
        _interpolates = side > 1 && (_horizontal, _vertical) switch
        {
            (1, 2) => true,
            (2, 1) or (2, 2) => component.DecodedWidth >= NarrowestInterpolated,
            _ => false,
        };
        _row = _horizontal == 1 && _vertical == 1 ? [] : new byte[component.DecodedWidth * _horizontal];
        _sums = _interpolates && _vertical == 2 ? new ushort[component.DecodedWidth] : [];
    }

    /// <summary>The upsampled samples of one row of the image, at least its width; valid until the next call.</summary>
    public ReadOnlySpan<byte> Row(int y)
    {
        ReadOnlySpan<byte> nearer = Source(y / _vertical);
        if (!_interpolates)
        {
            return _horizontal == 1 ? nearer : Repeat(nearer);
        }

        if (_vertical == 1)
        {
            return InterpolateAcross(nearer);
        }

        bool isUpper = y % 2 == 0;
        SumDown(nearer, Source((y / 2) + (isUpper ? -1 : 1)));
        return _horizontal == 1 ? RoundDown(isUpper ? 1 : 2) : InterpolateSumsAcross();
    }

    private ReadOnlySpan<byte> Source(int row) =>
        _component.Samples.AsSpan(Math.Clamp(row, 0, _component.DecodedHeight - 1) * _component.Stride, _component.DecodedWidth);

    private byte[] Repeat(ReadOnlySpan<byte> source)
    {
        for (int x = 0; x < source.Length; x++)
        {
            _row.AsSpan(x * _horizontal, _horizontal).Fill(source[x]);
        }

        return _row;
    }

    private byte[] InterpolateAcross(ReadOnlySpan<byte> source)
    {
        Span<byte> row = _row.AsSpan(0, 2 * source.Length);
        int last = source.Length - 1;
        row[0] = source[0];
        row[1] = (byte)(((3 * source[0]) + source[1] + 2) >> 2);
        int x = 1;
        for (; x + Lanes <= last; x += Lanes)
        {
            Vector256<ushort> centre = Widen(source[x..]) * 3;
            Vector256<ushort> left = (centre + Widen(source[(x - 1)..]) + Vector256.Create((ushort)1)) >> 2;
            Vector256<ushort> right = (centre + Widen(source[(x + 1)..]) + Vector256.Create((ushort)2)) >> 2;
            Interleave(left, right, row[(2 * x)..]);
        }

        for (; x < last; x++)
        {
            int centre = 3 * source[x];
            row[2 * x] = (byte)((centre + source[x - 1] + 1) >> 2);
            row[(2 * x) + 1] = (byte)((centre + source[x + 1] + 2) >> 2);
        }

        row[2 * last] = (byte)(((3 * source[last]) + source[last - 1] + 1) >> 2);
        row[(2 * last) + 1] = source[last];
        return _row;
    }

    /// <summary>Interpolates vertically; results are four times the sample.</summary>
    private void SumDown(ReadOnlySpan<byte> nearer, ReadOnlySpan<byte> further)
    {
        Span<ushort> sums = _sums;
        int x = 0;
        for (; x + Lanes <= sums.Length; x += Lanes)
        {
            ((Widen(nearer[x..]) * 3) + Widen(further[x..])).CopyTo(sums[x..]);
        }

        for (; x < sums.Length; x++)
        {
            sums[x] = (ushort)((3 * nearer[x]) + further[x]);
        }
    }

    private byte[] RoundDown(int bias)
    {
        for (int x = 0; x < _sums.Length; x++)
        {
            _row[x] = (byte)((_sums[x] + bias) >> 2);
        }

        return _row;
    }

    private byte[] InterpolateSumsAcross()
    {
        ReadOnlySpan<ushort> sums = _sums;
        Span<byte> row = _row.AsSpan(0, 2 * sums.Length);
        int last = sums.Length - 1;
        row[0] = (byte)(((4 * sums[0]) + 8) >> 4);
        row[1] = (byte)(((3 * sums[0]) + sums[1] + 7) >> 4);
        int x = 1;
        for (; x + Lanes <= last; x += Lanes)
        {
            Vector256<ushort> centre = Vector256.Create(sums[x..]) * 3;
            Vector256<ushort> left = (centre + Vector256.Create(sums[(x - 1)..]) + Vector256.Create((ushort)8)) >> 4;
            Vector256<ushort> right = (centre + Vector256.Create(sums[(x + 1)..]) + Vector256.Create((ushort)7)) >> 4;
            Interleave(left, right, row[(2 * x)..]);
        }

        for (; x < last; x++)
        {
            int centre = 3 * sums[x];
            row[2 * x] = (byte)((centre + sums[x - 1] + 8) >> 4);
            row[(2 * x) + 1] = (byte)((centre + sums[x + 1] + 7) >> 4);
        }

        row[2 * last] = (byte)(((3 * sums[last]) + sums[last - 1] + 8) >> 4);
        row[(2 * last) + 1] = (byte)(((4 * sums[last]) + 7) >> 4);
        return _row;
    }

    private static Vector256<ushort> Widen(ReadOnlySpan<byte> samples)
    {
        Vector128<byte> bytes = Vector128.Create(samples);
        return Vector256.Create(Vector128.WidenLower(bytes), Vector128.WidenUpper(bytes));
    }

    /// <summary>Writes bytes of both alternately: the low and the high byte of each lane.</summary>
    private static void Interleave(Vector256<ushort> left, Vector256<ushort> right, Span<byte> row) =>
        (left | (right << 8)).AsByte().CopyTo(row);
}
