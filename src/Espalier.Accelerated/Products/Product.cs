using ILGPU;

namespace Espalier.Accelerated;

/// <summary>What a <see cref="Product"/> multiplies.</summary>
/// <param name="left">The left operand: rows.</param>
/// <param name="right">The right operand: columns.</param>
/// <param name="result">Takes the elements.</param>
/// <param name="rows">Rows of a part.</param>
/// <param name="columns">Columns of a part.</param>
/// <param name="terms">Terms of each sum.</param>
internal readonly struct ProductArguments<TLeft, TRight, TResult>(TLeft left, TRight right, TResult result, int rows, int columns, int terms)
    where TLeft : struct, IOperand where TRight : struct, IOperand where TResult : struct, IResult
{
    internal readonly TLeft Left = left;
    internal readonly TRight Right = right;
    internal readonly TResult Result = result;
    internal readonly int Rows = rows;
    internal readonly int Columns = columns;
    internal readonly int Terms = terms;

    /// <summary>Independent products: the groups of a convolution.</summary>
    internal readonly int Parts { get; init; } = 1;

    /// <summary>Ranges of the terms that are added up by themselves.</summary>
    internal readonly int Splits { get; init; } = 1;
}

/// <summary>Matrix products whose operands are computed as they are read (implicit GEMM): convolutions, their gradients, linear layers.</summary>
/// <remarks>
/// A group of threads brings blocks of both operands into shared memory and adds their products up in registers (Volkov and Demmel 2008, "Benchmarking GPUs to tune dense linear algebra"); the next blocks are
/// loaded meanwhile. Each element is the sum of its terms in their order, so its bits depend neither on the tile nor on the other columns.
/// </remarks>
internal static class Product
{
    /// <summary>Starts a product with the tile that suits its size.</summary>
    internal static void Start<TLeft, TRight, TResult>(Device device, in ProductArguments<TLeft, TRight, TResult> product)
        where TLeft : struct, IOperand where TRight : struct, IOperand where TResult : struct, IResult
    {
        if (product.Rows == 0 || product.Columns == 0)
        {
            return;
        }

        long groups = Groups<LargeTile>(product.Rows) * Groups<LargeTile>(product.Columns) * product.Parts * product.Splits;
        if (product.Rows > 64 && groups >= EnoughGroups)
        {
            Start<LargeTile, TLeft, TRight, TResult>(device, product);
        }
        else if (product.Rows > 32 && 4 * groups >= EnoughGroups)
        {
            Start<MediumTile, TLeft, TRight, TResult>(device, product);
        }
        else
        {
            Start<SmallTile, TLeft, TRight, TResult>(device, product);
        }
    }

    // Two for each multiprocessor of a large device; fewer leave some idle, and a smaller tile makes more.
    private const int EnoughGroups = 264;

    internal static void Start<TTile, TLeft, TRight, TResult>(Device device, in ProductArguments<TLeft, TRight, TResult> product)
        where TTile : struct, ITile where TLeft : struct, IOperand where TRight : struct, IOperand where TResult : struct, IResult =>
        device.RunGroups(
            Multiply<TTile, TLeft, TRight, TResult>,
            new Index3D((int)Groups<TTile>(product.Columns), (int)Groups<TTile>(product.Rows), product.Parts * product.Splits),
            TTile.Side * TTile.Side,
            product);

    private static int Extent<TTile>() where TTile : struct, ITile => TTile.Side * (TTile.HasFourBlocks ? 8 : 4);

    private static long Groups<TTile>(int extent) where TTile : struct, ITile => (extent + Extent<TTile>() - 1) / Extent<TTile>();

    /// <summary>The kernel.</summary>
    internal static void Multiply<TTile, TLeft, TRight, TResult>(ProductArguments<TLeft, TRight, TResult> product)
        where TTile : struct, ITile where TLeft : struct, IOperand where TRight : struct, IOperand where TResult : struct, IResult
    {
        const int LargestBlock = 256; // quads of an operand in shared memory: 128 x 8 or 64 x 16 numbers
        ArrayView<Quad> left = SharedMemory.Allocate<Quad>(LargestBlock), right = SharedMemory.Allocate<Quad>(LargestBlock);
        ArrayView<float> leftNumbers = left.Cast<float>(), rightNumbers = right.Cast<float>();
        int side = TTile.Side, extent = side * (TTile.HasFourBlocks ? 8 : 4), depth = TTile.Depth, step = side * side / extent;
        int part = Grid.IdxZ / product.Splits, split = Grid.IdxZ % product.Splits;
        int each = ((product.Terms + product.Splits - 1) / product.Splits + depth - 1) / depth * depth;
        int first = split * each, end = IntrinsicMath.Min(first + each, product.Terms);
        int thread = Group.IdxX, index = thread % extent, term = thread / extent;
        int row = Grid.IdxY * extent + index, column = Grid.IdxX * extent + index;
        bool hasRow = row < product.Rows, hasColumn = column < product.Columns;
        Place rowPlace = product.Left.At(hasRow ? row : 0, part), columnPlace = product.Right.At(hasColumn ? column : 0, part);
        int x = thread % side, y = thread / side, quads = extent / 4;

        Block sum = default, below = default, beside = default, across = default;
        Quad nextLeft = Load(product.Left, rowPlace, hasRow, first + term, step, end), nextRight = Load(product.Right, columnPlace, hasColumn, first + term, step, end);
        for (int at = first; at < end; at += depth)
        {
            Store(leftNumbers, term * extent + index, step * extent, nextLeft);
            Store(rightNumbers, term * extent + index, step * extent, nextRight);
            Group.Barrier();
            if (at + depth < end)
            {
                nextLeft = Load(product.Left, rowPlace, hasRow, at + depth + term, step, end);
                nextRight = Load(product.Right, columnPlace, hasColumn, at + depth + term, step, end);
            }

            for (int k = 0; k < depth; k++)
            {
                Quad a = left[k * quads + y], b = right[k * quads + x];
                sum = Block.Add(sum, a, b);
                if (TTile.HasFourBlocks)
                {
                    Quad lower = left[k * quads + side + y], further = right[k * quads + side + x];
                    below = Block.Add(below, lower, b);
                    beside = Block.Add(beside, a, further);
                    across = Block.Add(across, lower, further);
                }
            }

            Group.Barrier();
        }

        int firstRow = Grid.IdxY * extent + 4 * y, firstColumn = Grid.IdxX * extent + 4 * x;
        Store(product, part, split, firstRow, firstColumn, sum);
        if (TTile.HasFourBlocks)
        {
            Store(product, part, split, firstRow + 4 * side, firstColumn, below);
            Store(product, part, split, firstRow, firstColumn + 4 * side, beside);
            Store(product, part, split, firstRow + 4 * side, firstColumn + 4 * side, across);
        }
    }

    private static Quad Load<TOperand>(TOperand operand, Place place, bool exists, int term, int step, int end) where TOperand : struct, IOperand
    {
        Quad values = default;
        if (exists)
        {
            values.X = term < end ? operand.Load(place, term) : 0;
            values.Y = term + step < end ? operand.Load(place, term + step) : 0;
            values.Z = term + 2 * step < end ? operand.Load(place, term + 2 * step) : 0;
            values.W = term + 3 * step < end ? operand.Load(place, term + 3 * step) : 0;
        }

        return values;
    }

    private static void Store(ArrayView<float> memory, int at, int step, Quad values)
    {
        memory[at] = values.X;
        memory[at + step] = values.Y;
        memory[at + 2 * step] = values.Z;
        memory[at + 3 * step] = values.W;
    }

    private static void Store<TLeft, TRight, TResult>(ProductArguments<TLeft, TRight, TResult> product, int part, int split, int row, int column, Block block)
        where TLeft : struct, IOperand where TRight : struct, IOperand where TResult : struct, IResult
    {
        Store(product, part, split, row, column, block.R0.X, block.R1.X, block.R2.X, block.R3.X);
        Store(product, part, split, row, column + 1, block.R0.Y, block.R1.Y, block.R2.Y, block.R3.Y);
        Store(product, part, split, row, column + 2, block.R0.Z, block.R1.Z, block.R2.Z, block.R3.Z);
        Store(product, part, split, row, column + 3, block.R0.W, block.R1.W, block.R2.W, block.R3.W);
    }

    private static void Store<TLeft, TRight, TResult>(ProductArguments<TLeft, TRight, TResult> product, int part, int split, int row, int column, float a, float b, float c, float d)
        where TLeft : struct, IOperand where TRight : struct, IOperand where TResult : struct, IResult
    {
        if (column < product.Columns && row < product.Rows)
        {
            Place place = product.Result.At(column, part, split);
            product.Result.Store(place, row, part, a);
            if (row + 1 < product.Rows)
            {
                product.Result.Store(place, row + 1, part, b);
            }

            if (row + 2 < product.Rows)
            {
                product.Result.Store(place, row + 2, part, c);
            }

            if (row + 3 < product.Rows)
            {
                product.Result.Store(place, row + 3, part, d);
            }
        }
    }
}
