namespace Espalier.Kernels.Tests;

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
