using Espalier.Kernels;
using Espalier.Tensors;

namespace Espalier.Bench.Gradients;

/// <summary>One convolution with a square map, a square kernel, and half of the kernel as padding.</summary>
/// <param name="Inputs">Input channels.</param>
/// <param name="Outputs">Output channels.</param>
/// <param name="Size">Rows and columns of the input.</param>
/// <param name="Kernel">Rows and columns of the kernel.</param>
/// <param name="Stride">The stride.</param>
internal readonly record struct ConvolutionLayer(int Inputs, int Outputs, int Size, int Kernel, int Stride)
{
    internal ConvolutionProblem Problem(int lanes)
    {
        int output = ((Size - 1) / Stride) + 1;
        int border = Kernel / 2;
        return new ConvolutionProblem
        {
            Input = new BlockedLayout(Inputs, Size, Size, Inputs < lanes ? 4 : lanes, new Padding(border, border, border, border)),
            Output = new BlockedLayout(Outputs, output, output, lanes),
            Kernel = Kernel,
            Stride = Stride,
            Padding = border,
        };
    }
}
