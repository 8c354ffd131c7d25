using Espalier.Graphs;
using Espalier.Kernels;

namespace Espalier.Execution;

/// <summary>Converts the attributes of ops to the types of the kernels, since neither of the two projects references the other.</summary>
internal static class Geometry
{
    /// <summary>The geometry of a convolution.</summary>
    public static Conv2dGeometry Of(Conv2d op)
    {
        ArgumentNullException.ThrowIfNull(op);
        return new Conv2dGeometry(op.Kernel)
        {
            Stride = op.Stride,
            Dilation = op.Dilation,
            Padding = op.Padding,
            Groups = op.Groups,
        };
    }

    /// <summary>Describes a convolution for choosing and packing a kernel; residual and activation are set by the caller.</summary>
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
            Kernel = op.Kernel,
            Stride = op.Stride,
            Dilation = op.Dilation,
            Padding = op.Padding,
            Groups = op.Groups,
        };
    }

    /// <summary>The constants of a local response norm.</summary>
    public static LocalResponseNormProblem Of(LocalResponseNorm op)
    {
        ArgumentNullException.ThrowIfNull(op);
        return new LocalResponseNormProblem(op.Size, op.Alpha, op.Beta, op.K);
    }

    /// <summary>The geometry of a max pool.</summary>
    public static PoolGeometry Of(MaxPool op)
    {
        ArgumentNullException.ThrowIfNull(op);
        return new PoolGeometry(op.Kernel)
        {
            Stride = op.Stride,
            Dilation = op.Dilation,
            Padding = op.Padding,
            CeilMode = op.CeilMode,
        };
    }

    /// <summary>The geometry of an average pool.</summary>
    public static PoolGeometry Of(AveragePool op)
    {
        ArgumentNullException.ThrowIfNull(op);
        return new PoolGeometry(op.Kernel)
        {
            Stride = op.Stride,
            Padding = op.Padding,
            CeilMode = op.CeilMode,
            CountIncludePad = op.CountIncludePad,
        };
    }
}
