using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Espalier.Kernels;

/// <summary>How one block of 16 output channels comes from blocks of the input.</summary>
internal unsafe struct BlockGather
{
    private const int Lanes = MapRuns.Lanes;
    private const int PixelsAtOnce = 64;
    private const byte None = byte.MaxValue; // a shuffle gives 0
    private int _count;
    private readonly int _whole;
    private fixed int _blocks[Lanes];
    private fixed byte _shuffles[Lanes * Lanes];
    private fixed byte _copied[Lanes];
    private fixed byte _written[Lanes];

    /// <param name="sources">For each channel written, the input channel or <see cref="ChannelKernel.Zero"/>.</param>
    /// <param name="first">The first output channel written.</param>
    /// <param name="block">The output block.</param>
    /// <param name="channels">Channels of the output.</param>
    internal BlockGather(ReadOnlySpan<int> sources, int first, int block, int channels)
    {
        _whole = (block * Lanes) - first is >= 0 and int start && start < sources.Length && sources[start] % Lanes == 0 ? sources[start] / Lanes : -1;
        for (int lane = 0; lane < Lanes; lane++)
        {
            int channel = (block * Lanes) + lane;
            int i = channel - first;
            bool isWritten = i >= 0 && i < sources.Length;
            int source = isWritten ? sources[i] : ChannelKernel.Zero;
            if (isWritten ? source != (_whole * Lanes) + lane : channel < channels)
            {
                _whole = -1;
            }

            _written[lane] = isWritten || (channel >= channels && first + sources.Length == channels) ? byte.MaxValue : (byte)0;
            _copied[lane] = source >= 0 ? byte.MaxValue : (byte)0;
            if (source >= 0)
            {
                _shuffles[(Index(source / Lanes) * Lanes) + lane] = (byte)(source % Lanes);
            }
        }
    }

    // The place of an input block among those of this output block.
    private int Index(int block)
    {
        for (int i = 0; i < _count; i++)
        {
            if (_blocks[i] == block)
            {
                return i;
            }
        }

        _blocks[_count] = block;
        for (int lane = 0; lane < Lanes; lane++)
        {
            _shuffles[(_count * Lanes) + lane] = None;
        }

        return _count++;
    }

    /// <summary>Writes a row.</summary>
    /// <param name="from">The row in the input's first block.</param>
    /// <param name="blockStride">Distance of the input's blocks.</param>
    /// <param name="table">256 entries, or null.</param>
    /// <param name="zeroPoint">The number of channels without a source.</param>
    /// <param name="to">The row of the output.</param>
    /// <param name="pixels">Its length.</param>
    internal void Row(byte* from, nint blockStride, byte* table, byte zeroPoint, byte* to, nint pixels)
    {
        if (_whole >= 0)
        {
            from += _whole * blockStride;
            if (table != null)
            {
                new TableRow(table).Run(from, to, pixels * Lanes);
            }
            else
            {
                Buffer.MemoryCopy(from, to, pixels * Lanes, pixels * Lanes);
            }

            return;
        }

        byte* together = stackalloc byte[PixelsAtOnce * Lanes];
        for (nint first = 0; first < pixels; first += PixelsAtOnce)
        {
            nint count = Math.Min(PixelsAtOnce, pixels - first);
            Shuffle(from + (first * Lanes), blockStride, together, count);
            if (table != null)
            {
                new TableRow(table).Run(together, together, count * Lanes);
            }

            Merge(together, zeroPoint, to + (first * Lanes), count);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Shuffle(byte* from, nint blockStride, byte* to, nint pixels)
    {
        new Span<byte>(to, (int)pixels * Lanes).Clear();
        fixed (byte* shuffles = _shuffles)
        {
            for (int i = 0; i < _count; i++)
            {
                byte* source = from + (_blocks[i] * blockStride);
                Vector128<byte> shuffle = Vector128.Load(shuffles + (i * Lanes));
                for (nint at = 0; at < pixels * Lanes; at += Lanes)
                {
                    Vector128.Store(Vector128.Load(to + at) | Vector128.ShuffleNative(Vector128.Load(source + at), shuffle), to + at);
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Merge(byte* together, byte zeroPoint, byte* to, nint pixels)
    {
        fixed (byte* copied = _copied, written = _written)
        {
            Vector128<byte> isCopied = Vector128.Load(copied), isWritten = Vector128.Load(written), zero = Vector128.Create(zeroPoint);
            for (nint at = 0; at < pixels * Lanes; at += Lanes)
            {
                Vector128<byte> number = Vector128.ConditionalSelect(isCopied, Vector128.Load(together + at), zero);
                Vector128.Store(Vector128.ConditionalSelect(isWritten, number, Vector128.Load(to + at)), to + at);
            }
        }
    }
}
