using Espalier.Tensors;
using ILGPU;
using ILGPU.Runtime;

namespace Espalier.Accelerated.Tests;

/// <summary>Products are the sums of their terms in order, with every tile.</summary>
public sealed class ProductTests(Emulated emulated) : IClassFixture<Emulated>
{
    [Theory]
    [InlineData(1, 1, 1, 1, 1)]
    [InlineData(5, 37, 3, 1, 1)]
    [InlineData(33, 31, 17, 2, 1)]
    [InlineData(2, 66, 16, 3, 1)]
    [InlineData(67, 4, 29, 1, 3)]
    [InlineData(3, 129, 40, 2, 2)]
    [InlineData(130, 2, 9, 1, 2)]
    [InlineData(3, 3, 5, 1, 4)] // more ranges than blocks: the last ones are empty
    [InlineData(4, 6, 0, 1, 1)]
    public void Every_tile_computes_the_sums_of_the_terms_in_order(int rows, int columns, int terms, int parts, int splits)
    {
        var random = new CounterRandom(7);
        float[] left = [.. Enumerable.Range(0, parts * rows * terms).Select(i => (float)random.Uniform((ulong)i) - 0.5f)];
        float[] right = [.. Enumerable.Range(0, parts * columns * terms).Select(i => (float)random.Stream("right").Uniform((ulong)i) - 0.5f)];
        Check<SmallTile>(left, right, rows, columns, terms, parts, splits);
        Check<MediumTile>(left, right, rows, columns, terms, parts, splits);
        Check<LargeTile>(left, right, rows, columns, terms, parts, splits);
    }

    private void Check<TTile>(float[] left, float[] right, int rows, int columns, int terms, int parts, int splits) where TTile : struct, ITile
    {
        using MemoryBuffer1D<float, Stride1D.Dense> rowMemory = emulated.Device.Upload<float>(left), columnMemory = emulated.Device.Upload<float>(right);
        using MemoryBuffer1D<float, Stride1D.Dense> sums = emulated.Device.Upload<float>([.. Enumerable.Repeat(float.NaN, splits * parts * rows * columns)]);
        var product = new ProductArguments<Matrix, Matrix, PartialSums>(
            new Matrix(rowMemory.View, terms, 1, rows * terms), new Matrix(columnMemory.View, 1, columns, columns * terms), new PartialSums(sums.View, rows, columns, parts), rows, columns, terms)
        {
            Parts = parts,
            Splits = splits,
        };
        Product.Start<TTile, Matrix, Matrix, PartialSums>(emulated.Device, product);
        float[] actual = new float[splits * parts * rows * columns];
        emulated.Device.Read(sums.View, actual);

        // A range of the terms is as long as whole blocks of shared memory.
        int each = ((terms + splits - 1) / splits + TTile.Depth - 1) / TTile.Depth * TTile.Depth;
        for (int i = 0; i < actual.Length; i++)
        {
            int column = i % columns, row = i / columns % rows, part = i / (columns * rows) % parts, first = i / (columns * rows * parts) * each;
            float expected = 0;
            for (int term = first; term < Math.Min(first + each, terms); term++)
            {
                expected += left[(((part * rows) + row) * terms) + term] * right[(part * columns * terms) + (term * columns) + column];
            }

            Assert.True(expected == actual[i], $"{typeof(TTile).Name}, element {i}: {actual[i]}, expected {expected}");
        }
    }
}
