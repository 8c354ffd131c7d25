namespace Espalier.Accelerated;

/// <summary>How a group of threads divides the part of a product that it computes: each thread has 4 x 4 elements, or 4 such blocks.</summary>
/// <remarks>A tile has as many elements in each operand's block as 4 for each thread, so that every thread loads 4 of each.</remarks>
internal interface ITile
{
    /// <summary>Threads along rows, and along columns.</summary>
    static abstract int Side { get; }

    /// <summary>Whether a thread has 2 x 2 blocks of 4 x 4 elements instead of one.</summary>
    static abstract bool HasFourBlocks { get; }

    /// <summary>Terms of the sum that are in shared memory at a time.</summary>
    static abstract int Depth { get; }
}

/// <summary>128 x 128 elements by 256 threads.</summary>
internal readonly struct LargeTile : ITile
{
    public static int Side => 16;

    public static bool HasFourBlocks => true;

    public static int Depth => 8;
}

/// <summary>64 x 64 elements by 256 threads.</summary>
internal readonly struct MediumTile : ITile
{
    public static int Side => 16;

    public static bool HasFourBlocks => false;

    public static int Depth => 16;
}

/// <summary>32 x 32 elements by 64 threads.</summary>
internal readonly struct SmallTile : ITile
{
    public static int Side => 8;

    public static bool HasFourBlocks => false;

    public static int Depth => 8;
}
