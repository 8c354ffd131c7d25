using Espalier.Graphs;
using Espalier.Kernels;

namespace Espalier.Execution;

/// <summary>Converts op attributes to the kernels' types: neither of the two projects references the other.</summary>
public static class Geometry
{
    /// <summary>The border that a padding needs.</summary>
    public static Border Of(Padding padding) => new(padding.Top, padding.Left, padding.Bottom, padding.Right);

    /// <summary>The geometry of a convolution.</summary>
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

    /// <summary>The zero border that a convolution reads around its input; smaller than its padding where the stride does not reach the bottom or right.</summary>
    public static Border BorderRead(Conv2d op, FeatureMap input, FeatureMap output)
    {
        ArgumentNullException.ThrowIfNull(op);
        return new Border(
            op.Padding.Top,
            op.Padding.Left,
            Beyond(output.Height, op.Stride.Height, op.Kernel.Height, op.Dilation.Height, op.Padding.Top, input.Height),
            Beyond(output.Width, op.Stride.Width, op.Kernel.Width, op.Dilation.Width, op.Padding.Left, input.Width));
    }

    /// <summary>Describes a convolution, to choose and pack kernels for; residual and activation are set by the caller.</summary>
    /// <param name="op">The convolution.</param>
    /// <param name="input">Memory layout of the input.</param>
    /// <param name="output">Memory layout of the output.</param>
    public static ConvolutionProblem Problem(Conv2d op, BlockedLayout input, BlockedLayout output)
    {
        ArgumentNullException.ThrowIfNull(op);
        return new ConvolutionProblem
        {
            Input = input,
            Output = output,
            KernelHeight = op.Kernel.Height,
            KernelWidth = op.Kernel.Width,
            StrideHeight = op.Stride.Height,
            StrideWidth = op.Stride.Width,
            DilationHeight = op.Dilation.Height,
            DilationWidth = op.Dilation.Width,
            PadTop = op.Padding.Top,
            PadLeft = op.Padding.Left,
            Groups = op.Groups,
        };
    }

    /// <summary>The geometry of a max pool.</summary>
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

    /// <summary>The geometry of an average pool.</summary>
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

    private static int Beyond(int outputs, int stride, int kernel, int dilation, int before, int inputs) =>
        Math.Max(0, ((outputs - 1) * stride) + ((kernel - 1) * dilation) + 1 - before - inputs);
}
