namespace Espalier.Accelerated;

/// <summary>Four numbers that are loaded at once.</summary>
internal struct Quad
{
    internal float X, Y, Z, W;
}

/// <summary>4 x 4 elements of a product, in registers.</summary>
internal struct Block
{
    internal Quad R0, R1, R2, R3;

    /// <summary>The block with the products of a column and a row added.</summary>
    internal static Block Add(Block sum, Quad column, Quad row)
    {
        sum.R0 = Add(sum.R0, column.X, row);
        sum.R1 = Add(sum.R1, column.Y, row);
        sum.R2 = Add(sum.R2, column.Z, row);
        sum.R3 = Add(sum.R3, column.W, row);
        return sum;
    }

    private static Quad Add(Quad sum, float factor, Quad row)
    {
        sum.X += factor * row.X;
        sum.Y += factor * row.Y;
        sum.Z += factor * row.Z;
        sum.W += factor * row.W;
        return sum;
    }
}
