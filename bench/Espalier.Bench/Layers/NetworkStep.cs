using Espalier.Execution;
using Espalier.Inference;
using Espalier.Kernels;
using Espalier.Tensors;

namespace Espalier.Bench.Layers;

/// <summary>A step of a network, and what it is in words.</summary>
/// <param name="Step">The step.</param>
/// <param name="Output">The shape of its result.</param>
internal sealed record NetworkStep(Step Step, Shape Output)
{
    /// <summary>Its packed weights, where it is a convolution.</summary>
    internal PackedConvolution? Convolution => (Step.Weights as ConvolutionWeights)?.Packed;

    /// <summary>What it convolves, in float32 or in 8 bits.</summary>
    private ConvolutionProblem? Problem => Convolution?.Problem ?? (Step.Weights as PackedIntegerConvolution)?.Problem;

    /// <summary>Its kernel, without what is fused into it where it has weights.</summary>
    internal string Kernel => Convolution?.KernelName ?? (Step.Weights is PackedLinear ? "linear" : Step.Kernel);

    /// <summary>As in <c>64->128 3x3/2 @56</c>.</summary>
    internal string Shape
    {
        get
        {
            if (Problem is not { } problem)
            {
                return $"{string.Join(", ", Step.Inputs.Select(input => $"{input.Layout.Channels}").Distinct())}->{Output[0]}";
            }

            string groups = problem.Groups == 1 ? "" : $" of {problem.Groups}";
            return $"{problem.Input.Channels}->{problem.Output.Channels}{groups} {problem.Kernel.Height}x{problem.Kernel.Width}/{problem.Stride.Height} @{problem.Input.Height}";
        }
    }

    /// <summary>What steps of a kind have in common: as in <c>3x3, stride 2, 32 groups, to 28 x 28, shuffled</c>.</summary>
    internal string Kind
    {
        get
        {
            string to = Output.Rank == 3 ? $", to {Output[1]} x {Output[2]}" : "";
            if (Problem is not { } problem)
            {
                return Step.Weights is PackedLinear linear ? $"linear, {linear.InputLayout.Channels} to {linear.OutputLayout.Channels}" : Step.Kernel + to;
            }

            string stride = (problem.Stride.Height, problem.Stride.Width) is (1, 1) ? "" : $", stride {problem.Stride.Height}";
            string groups = problem.Groups == 1 || Kernel == "depthwise" ? "" : $", {problem.Groups} groups";
            return $"{problem.Kernel.Height}x{problem.Kernel.Width}{stride}{groups}{to}, {Kernel}";
        }
    }

    /// <summary>Multiply-adds that cannot be avoided with its kernel: Winograd's products are fewer than the layer's, and include what its tiles reach over the edge.</summary>
    /// <remarks>Those that a kernel for groups computes beside, and throws away, do not count, nor do those with zeros that a sparse kernel leaves out.</remarks>
    internal double Products => Convolution is { } packed ? ProductCount.Of(packed.Problem, packed.KernelName, packed.Problem.Output) : Step.MultiplyAccumulates;
}
