using Espalier.Execution;
using Espalier.Graphs;
using Espalier.Kernels;

namespace Espalier.Inference;

/// <summary>Steps that multiply by weights.</summary>
internal static class ConvolutionSteps
{
    internal static Step Linear(LoweringContext context, Linear op)
    {
        PackedLinear packed = PackedLinear.Pack(
            context.Parameter("weight"), context.Parameter("bias"), op.InFeatures, op.OutFeatures, context.Input.Layout.Lanes, context.Activation);
        (PlanValue x, PlanValue y) = (context.Input, context.Output);
        return context.Step(op.Kind, (arena, part, parts) => packed.Run(arena[x], arena[y], arena.Batch, part, parts)) with { PackedBytes = packed.PackedBytes };
    }

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
        ReadOnlySpan<float> weights = context.Parameter("weight");
        PackedConvolution packed = ConvolutionKernel.Choose(problem, context.InstructionSet, context.ConvolutionKernels, WeightSparsity.Of(weights, problem.Output.Channels))
            .Pack(problem, weights, context.Parameter("bias"));
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
