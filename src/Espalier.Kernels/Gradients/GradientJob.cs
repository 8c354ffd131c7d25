using System.Runtime.CompilerServices;

namespace Espalier.Kernels;

/// <summary>The loop of element-wise gradients: reads rows of an output's gradient and of a value, overwrites or adds to rows of an input's gradient.</summary>
internal unsafe struct GradientJob<TOperation> : ILanesJob where TOperation : IVectorOperation
{
    internal required BlockedLayout Layout { get; init; }

    internal required MapRow First { get; init; }

    internal required int Rows { get; init; }

    internal required ElementwiseJob<TOperation>.Operand Gradient { get; init; }

    /// <summary>The value from the forward pass; the gradient itself where it is not used.</summary>
    internal required ElementwiseJob<TOperation>.Operand Value { get; init; }

    internal required ElementwiseJob<TOperation>.Operand Target { get; init; }

    /// <summary>One vector for each block, or null.</summary>
    internal ElementwiseJob<TOperation>.Factor Factor { get; init; }

    /// <summary>A second number, or null.</summary>
    internal ElementwiseJob<TOperation>.Factor Second { get; init; }

    internal bool Accumulate { get; init; }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public readonly void Run<TLanes>() where TLanes : unmanaged, ILanes<TLanes>
    {
        nint length = (nint)Layout.Width * TLanes.Count;
        MapRow row = First;
        for (int i = 0; i < Rows; i++, row = row.Next(Layout))
        {
            (TLanes factor, TLanes second) = (Factor.Of<TLanes>(row), Second.Of<TLanes>(row));
            if (Accumulate)
            {
                Add(Gradient.At(row), Value.At(row), Target.At(row), length, factor, second);
            }
            else
            {
                Write(Gradient.At(row), Value.At(row), Target.At(row), length, factor, second);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Write<TLanes>(float* gradient, float* value, float* to, nint length, TLanes factor, TLanes second) where TLanes : unmanaged, ILanes<TLanes>
    {
        for (nint i = 0; i < length; i += TLanes.Count)
        {
            TLanes.Store(to + i, TOperation.Of(TLanes.Load(gradient + i), TLanes.Load(value + i), factor, second));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Add<TLanes>(float* gradient, float* value, float* to, nint length, TLanes factor, TLanes second) where TLanes : unmanaged, ILanes<TLanes>
    {
        for (nint i = 0; i < length; i += TLanes.Count)
        {
            TLanes.Store(to + i, TLanes.Add(TLanes.Load(to + i), TOperation.Of(TLanes.Load(gradient + i), TLanes.Load(value + i), factor, second)));
        }
    }
}
