using System.Runtime.CompilerServices;
using Espalier.Tensors;

namespace Espalier.Kernels;

/// <summary>The loop of all element-wise kernels: reads rows of vectors, applies an operation and an activation, writes rows.</summary>
internal unsafe struct ElementwiseJob<TOperation> : ILanesJob where TOperation : IVectorOperation
{
    internal required BlockedLayout Layout { get; init; }

    internal required MapRow First { get; init; }

    internal required int Rows { get; init; }

    internal required Operand A { get; init; }

    /// <summary>The second map; the first one again where the operation has no second.</summary>
    internal required Operand B { get; init; }

    internal required Operand Output { get; init; }

    /// <summary>One vector for each block, or null.</summary>
    internal Factor P { get; init; }

    /// <summary>One vector for each block, or null.</summary>
    internal Factor Q { get; init; }

    internal Activation Activation { get; init; }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public readonly void Run<TLanes>() where TLanes : unmanaged, ILanes<TLanes>
    {
        int width = Layout.Width;
        MapRow row = First;
        for (int i = 0; i < Rows; i++, row = row.Next(Layout))
        {
            float* to = Output.At(row);
            Row(A.At(row), B.At(row), to, width, P.Of<TLanes>(row), Q.Of<TLanes>(row));
            ActivationRow.Apply<TLanes>(to, width, Activation);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Row<TLanes>(float* a, float* b, float* to, int width, TLanes p, TLanes q) where TLanes : unmanaged, ILanes<TLanes>
    {
        nint length = (nint)width * TLanes.Count;
        for (nint i = 0; i < length; i += TLanes.Count)
        {
            TLanes.Store(to + i, TOperation.Of(TLanes.Load(a + i), TLanes.Load(b + i), p, q));
        }
    }

    /// <summary>A batch of maps in memory.</summary>
    internal readonly struct Operand(float* first, BlockedLayout layout)
    {
        private readonly MapAddress _address = new(layout);

        internal float* At(MapRow row) => first + _address.Of(row);
    }

    /// <summary>Values shared by all pixels of a channel: one vector per block, either per image or for all images.</summary>
    internal readonly struct Factor(float* first, int perImage, int perBlock)
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        internal TLanes Of<TLanes>(MapRow row) where TLanes : unmanaged, ILanes<TLanes> =>
            first == null ? TLanes.Zero
            : perBlock == 0 ? TLanes.Broadcast(*first)
            : TLanes.Load(first + ((nint)row.Image * perImage) + ((nint)row.Block * perBlock));
    }
}
