using Espalier.Tensors;

namespace Espalier.Kernels.Tests;

/// <summary>The convolution as it is defined, in float64.</summary>
internal static class ConvolutionOracle
{
    /// <summary>[image][channel][row][column] of the result.</summary>
    /// <param name="shape">What to compute.</param>
    /// <param name="input">[image][channel][row][column].</param>
    /// <param name="weights">[output][input of the group][row][column].</param>
    /// <param name="bias">One for each output channel, or none.</param>
    /// <param name="residual">As the result, or empty.</param>
    /// <param name="scale">
    /// What errors are measured against: the rms of the sums before the activation, or what it would be expected to be were the products
    /// independent, whichever is more (a single output may be near 0 by chance).
    /// </param>
    internal static double[] Compute(ConvolutionCase shape, float[] input, float[] weights, float[] bias, float[] residual, out double scale)
    {
        var result = new double[shape.Batch * shape.OutputChannels * shape.OutputHeight * shape.OutputWidth];
        double squares = 0, expected = 0;
        int at = 0;
        for (int image = 0; image < shape.Batch; image++)
        {
            for (int channel = 0; channel < shape.OutputChannels; channel++)
            {
                for (int row = 0; row < shape.OutputHeight; row++)
                {
                    for (int column = 0; column < shape.OutputWidth; column++, at++)
                    {
                        double start = bias.Length > 0 ? bias[channel] : 0;
                        (double sum, double sumOfSquares) = Products(shape, input, weights, image, channel, row, column);
                        expected += (start * start) + sumOfSquares;
                        sum += start;
                        sum += residual.Length > 0 ? residual[at] : 0;
                        squares += sum * sum;
                        result[at] = Activate(shape.Activation, sum);
                    }
                }
            }
        }

        scale = Math.Sqrt(Math.Max(squares, expected) / Math.Max(1, result.Length));
        return result;
    }

    private static (double Sum, double SumOfSquares) Products(ConvolutionCase shape, float[] input, float[] weights, int image, int output, int row, int column)
    {
        int inputs = shape.InputChannels / shape.Groups;
        int firstInput = output / (shape.OutputChannels / shape.Groups) * inputs;
        double sum = 0, sumOfSquares = 0;
        for (int i = 0; i < inputs; i++)
        {
            for (int tapRow = 0; tapRow < shape.Kernel.Height; tapRow++)
            {
                int y = (row * shape.Stride.Height) - shape.Pad.Top + (tapRow * shape.Dilation.Height);
                for (int tapColumn = 0; tapColumn < shape.Kernel.Width; tapColumn++)
                {
                    int x = (column * shape.Stride.Width) - shape.Pad.Left + (tapColumn * shape.Dilation.Width);
                    if (y >= 0 && y < shape.Height && x >= 0 && x < shape.Width)
                    {
                        double weight = weights[((((output * inputs) + i) * shape.Kernel.Height) + tapRow) * shape.Kernel.Width + tapColumn];
                        double product = weight * input[((((image * shape.InputChannels) + firstInput + i) * shape.Height) + y) * shape.Width + x];
                        sum += product;
                        sumOfSquares += product * product;
                    }
                }
            }
        }

        return (sum, sumOfSquares);
    }

    private static double Activate(Activation activation, double x) => activation.Kind switch
    {
        ActivationKind.Identity => x,
        ActivationKind.Relu => Math.Max(0, x),
        ActivationKind.Relu6 => Math.Min(6, Math.Max(0, x)),
        ActivationKind.LeakyRelu => x > 0 ? x : activation.Slope * x,
        ActivationKind.Silu => x / (1 + Math.Exp(-x)),
        ActivationKind.HardSwish => x * Math.Min(6, Math.Max(0, x + 3)) / 6,
        ActivationKind.Sigmoid => 1 / (1 + Math.Exp(-x)),
        ActivationKind.Gelu => activation.Of(x),
        ActivationKind.HardSigmoid => Math.Min(6, Math.Max(0, x + 3)) / 6,
        ActivationKind.HardTanh => Math.Min(activation.Maximum, Math.Max(activation.Minimum, x)),
        ActivationKind.Mish => activation.Of(x),
        _ => throw new ArgumentOutOfRangeException(nameof(activation)),
    };
}
