namespace Espalier.Kernels;

/// <summary>Records which block of transformed tiles this thread's scratch memory holds, so that parts of one call need not transform it again.</summary>
internal static class TransformedBlock
{
    internal const int None = -1;

    [ThreadStatic]
    private static (long Call, int Block) t_last;

    /// <summary>The block that an earlier part of this call left in this thread's scratch memory.</summary>
    internal static int Of(long call) => call != 0 && t_last.Call == call ? t_last.Block : None;

    /// <summary>Records the block that scratch memory holds now.</summary>
    internal static void Keep(long call, int block) => t_last = (call, block);
}
