using Espalier.Execution;
using Espalier.Graphs;
using Espalier.Kernels;

namespace Espalier.Inference;

/// <summary>Steps that multiply by weights.</summary>
internal static class ConvolutionSteps
{
    internal static Step Linear(LoweringContext context, Linear _) => Convolve(context, new ConvolutionProblem
    {
        Input = context.Input.Layout,
        Output = context.Output.Layout,
        KernelHeight = 1,
        KernelWidth = 1,
        Activation = context.Activation,
    });

    internal static Step Convolution(LoweringContext context, Conv2d op) => Convolve(context, new ConvolutionProblem
    {
        Input = context.Input.Layout,
        Output = context.Output.Layout,
        Residual = context.Residual?.Layout,
        KernelHeight = op.Kernel.Height,
        KernelWidth = op.Kernel.Width,
        StrideHeight = op.Stride.Height,
        StrideWidth = op.Stride.Width,
        DilationHeight = op.Dilation.Height,
        DilationWidth = op.Dilation.Width,
        PadTop = op.Padding.Top,
        PadLeft = op.Padding.Left,
        Groups = op.Groups,
        Activation = context.Activation,
    });

    private static Step Convolve(LoweringContext context, ConvolutionProblem problem)
    {
        PackedConvolution packed = context.Kernels.For(problem).Pack(problem, context.Parameter("weight"), context.Parameter("bias"));
        (PlanValue input, PlanValue? residual, PlanValue output) = (context.Input, context.Residual, context.Output);
        return context.Step(packed.KernelName, (arena, part, parts) => packed.Run(
            new ConvolutionOperands
            {
                Batch = arena.Batch,
                Input = arena[input],
                Residual = residual is null ? [] : arena[residual],
                Output = arena[output],
                Scratch = ScratchMemory.OfThisThread(packed.ScratchLength),
            },
            part,
            parts)) with
        { PackedBytes = packed.PackedBytes };
    }
}
