using Espalier.Kernels;

namespace Espalier.Bench;

/// <summary>One convolution of a network, and which of the network's few activation buffers it reads and writes.</summary>
/// <param name="Name">Its name in PyTorch's state_dict.</param>
/// <param name="Inputs">Input channels.</param>
/// <param name="Outputs">Output channels.</param>
/// <param name="Size">Rows and columns of the input.</param>
/// <param name="Kernel">Rows and columns of the kernel.</param>
/// <param name="Stride">The stride.</param>
/// <param name="Relu">Whether a ReLU ends it.</param>
/// <param name="InputBuffer">The buffer that it reads.</param>
/// <param name="OutputBuffer">The buffer that it writes.</param>
/// <param name="ResidualBuffer">The buffer that it adds, or −1.</param>
/// <param name="OutputBorder">Border of the output: what its reader needs.</param>
internal sealed record ConvolutionLayer(
    string Name, int Inputs, int Outputs, int Size, int Kernel, int Stride, bool Relu, int InputBuffer, int OutputBuffer, int ResidualBuffer = -1, int OutputBorder = 0)
{
    internal int OutputSize => (Size - 1) / Stride + 1;

    internal ConvolutionProblem Problem(int lanes, int inputBorder)
    {
        int output = OutputSize;
        var border = new Border(OutputBorder, OutputBorder, OutputBorder, OutputBorder);
        return new ConvolutionProblem
        {
            Input = new BlockedLayout(Inputs, Size, Size, Inputs < lanes ? 4 : lanes, new Border(inputBorder, inputBorder, inputBorder, inputBorder)),
            Output = new BlockedLayout(Outputs, output, output, lanes, border),
            Residual = ResidualBuffer < 0 ? null : new BlockedLayout(Outputs, output, output, lanes),
            KernelHeight = Kernel,
            KernelWidth = Kernel,
            StrideHeight = Stride,
            StrideWidth = Stride,
            PadTop = Kernel / 2,
            PadLeft = Kernel / 2,
            Activation = new Activation(Relu ? ActivationKind.Relu : ActivationKind.Identity),
        };
    }
}
