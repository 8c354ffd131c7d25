using Espalier.Graphs;
using Espalier.Kernels;

namespace Espalier.Execution;

/// <summary>Op attributes in the kernels' terms: the two layers do not know each other.</summary>
public static class Geometry
{
    /// <summary>Padding as a border.</summary>
    public static Border Of(Padding padding) => new(padding.Top, padding.Left, padding.Bottom, padding.Right);

    /// <summary>A convolution's geometry.</summary>
    public static Conv2dGeometry Of(Conv2d op)
    {
        ArgumentNullException.ThrowIfNull(op);
        return new Conv2dGeometry(op.Kernel.Height, op.Kernel.Width)
        {
            StrideHeight = op.Stride.Height,
            StrideWidth = op.Stride.Width,
            DilationHeight = op.Dilation.Height,
            DilationWidth = op.Dilation.Width,
            Padding = Of(op.Padding),
            Groups = op.Groups,
        };
    }

    /// <summary>A max pool's geometry.</summary>
    public static PoolGeometry Of(MaxPool op)
    {
        ArgumentNullException.ThrowIfNull(op);
        return new PoolGeometry(op.Kernel.Height, op.Kernel.Width)
        {
            StrideHeight = op.Stride.Height,
            StrideWidth = op.Stride.Width,
            DilationHeight = op.Dilation.Height,
            DilationWidth = op.Dilation.Width,
            Padding = Of(op.Padding),
            CeilMode = op.CeilMode,
        };
    }

    /// <summary>An average pool's geometry.</summary>
    public static PoolGeometry Of(AveragePool op)
    {
        ArgumentNullException.ThrowIfNull(op);
        return new PoolGeometry(op.Kernel.Height, op.Kernel.Width)
        {
            StrideHeight = op.Stride.Height,
            StrideWidth = op.Stride.Width,
            Padding = Of(op.Padding),
            CeilMode = op.CeilMode,
            CountIncludePad = op.CountIncludePad,
        };
    }
}
