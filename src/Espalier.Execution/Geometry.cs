using Espalier.Graphs;
using Espalier.Kernels;

namespace Espalier.Execution;

/// <summary>Op attributes in the kernels' terms: the two layers do not know each other.</summary>
public static class Geometry
{
    /// <summary>A convolution's geometry.</summary>
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

    /// <summary>What a convolution's kernels are chosen by and packed for; residual and activation are up to the caller.</summary>
    /// <param name="op">The convolution.</param>
    /// <param name="input">How what it reads lies in memory.</param>
    /// <param name="output">How what it makes lies in memory.</param>
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

    /// <summary>A max pool's geometry.</summary>
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

    /// <summary>An average pool's geometry.</summary>
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
