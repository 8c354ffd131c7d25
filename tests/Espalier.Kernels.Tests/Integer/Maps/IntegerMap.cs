using Espalier.Tensors;
using Espalier.Testing;

namespace Espalier.Kernels.Tests;

/// <summary>A batch of maps between forbidden pages: random numbers, and other random ones in the border, in lanes without a channel and between the images.</summary>
internal sealed class IntegerMap : IDisposable
{
    private readonly GuardedPages<byte> _pages;

    internal IntegerMap(BlockedLayout layout, int batch, ulong seed)
    {
        var random = new CounterRandom(seed);
        (Layout, Batch) = (layout, batch);
        Plain = new byte[batch * Shape.Length];
        _pages = new GuardedPages<byte>(layout.LengthOf(batch), seed % 2 == 0);
        for (int i = 0; i < Plain.Length; i++)
        {
            Plain[i] = (byte)random.Below((ulong)i, 256);
        }

        for (int i = 0; i < _pages.Count; i++)
        {
            _pages.Span[i] = (byte)random.Below((ulong)(i + Plain.Length), 256);
        }

        IntegerRun.Block<byte>(Plain, _pages.Span, layout);
    }

    internal BlockedLayout Layout { get; }

    internal int Batch { get; }

    internal FeatureMap Shape => Maps.Plain(Layout);

    /// <summary>The numbers in row-major order.</summary>
    internal byte[] Plain { get; }

    internal Span<byte> Span => _pages.Span;

    public void Dispose() => _pages.Dispose();

    /// <summary>A layout with any border, perhaps a part of a larger map.</summary>
    internal static BlockedLayout RandomLayout(Dice dice, int channels, Size size, int lanes = 16)
    {
        Padding border = dice.Chance(0.4) ? Padding.None : new Padding(dice.Between(0, 3), dice.Between(0, 3), dice.Between(0, 3), dice.Between(0, 3));
        var layout = new BlockedLayout(channels, size.Height, size.Width, lanes, border);
        return dice.Chance(0.3) ? layout with { ImageBlocks = layout.Blocks + dice.Between(0, 2) } : layout;
    }

    /// <summary>A layout of awkward size.</summary>
    internal static BlockedLayout RandomLayout(Dice dice) => RandomLayout(dice, dice.Between(1, 37), (dice.Between(1, 11), dice.Between(1, 19)));
}

/// <summary>Runs a kernel that writes an 8-bit map in any number of parts, and compares all that it wrote.</summary>
internal readonly record struct IntegerMapCheck(ulong Seed, BlockedLayout Layout, int Batch, byte ZeroPoint)
{
    /// <summary>What is in the memory of the output before.</summary>
    internal const byte Untouched = 0xA5;

    internal delegate void Kernel(Span<byte> output, int part, int parts);

    /// <summary>The first block whose border is filled.</summary>
    internal int FirstBlock { get; init; }

    /// <summary>The blocks whose border is filled; 0 for all.</summary>
    internal int Blocks { get; init; }

    internal void Run(byte[] expected, Kernel kernel)
    {
        foreach (int parts in new[] { 1, 2 + (int)(Seed % 6) })
        {
            using var output = new GuardedPages<byte>(Layout.LengthOf(Batch), Seed % 3 == 0);
            output.Span.Fill(Untouched);
            for (int part = parts - 1; part >= 0; part--)
            {
                kernel(output.Span, part, parts);
            }

            byte[] actual = IntegerRun.Plain<byte>(output.Span, Layout, Batch);
            Assert.Equal(expected.Length, actual.Length);
            int differs = expected.AsSpan().CommonPrefixLength(actual);
            Assert.True(differs == expected.Length, $"seed {Seed}, {parts} parts, {Layout}: number {differs} of {expected.Length} is another");
            ExpectBorders(output.Span, parts);
        }
    }

    private void ExpectBorders(ReadOnlySpan<byte> output, int parts)
    {
        int blocks = Math.Max(Layout.Blocks, Layout.ImageBlocks);
        for (int i = 0; i < output.Length; i++)
        {
            int block = i / Layout.BlockStride % blocks;
            int pixel = i % Layout.BlockStride / Layout.Lanes;
            int width = Layout.RowStride / Layout.Lanes;
            int row = (pixel / width) - Layout.Border.Top;
            int column = (pixel % width) - Layout.Border.Left;
            bool inside = (uint)row < (uint)Layout.Height && (uint)column < (uint)Layout.Width;
            bool filled = block >= FirstBlock && block < FirstBlock + (Blocks == 0 ? Layout.Blocks : Blocks);
            if (!inside || block >= Layout.Blocks)
            {
                byte expected = filled ? ZeroPoint : Untouched;
                Assert.True(output[i] == expected, $"seed {Seed}, {parts} parts, {Layout}: byte {i} of the border is {output[i]}, expected {expected}");
            }
        }
    }
}
