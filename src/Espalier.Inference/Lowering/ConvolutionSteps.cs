using Espalier.Execution;
using Espalier.Graphs;
using Espalier.Kernels;

namespace Espalier.Inference;

/// <summary>Steps that multiply by weights: convolutions and linear layers.</summary>
/// <remarks>Packing is in separate methods, because a step's closure keeps everything alive that it captures, such as the whole model.</remarks>
internal static class ConvolutionSteps
{
    internal static Step Linear(LoweringContext context, Linear op)
    {
        PackedLinear packed = context.Shared as PackedLinear ?? Pack(context, op);
        return context.Step(op.Kind, ForwardKernels.Linear(packed)) with
        {
            Weights = packed,
            PackedBytes = packed.PackedBytes,
        };
    }

    internal static Step Convolution(LoweringContext context, Conv2d op) => Convolve(
        context, Geometry.Problem(op, context.Input.Layout, context.Output.Layout) with { Residual = context.Residual?.Layout, Activation = context.Activation });

    private static Step Convolve(LoweringContext context, ConvolutionProblem problem)
    {
        ConvolutionWeights weights = Share(context, problem) ?? Pack(context, problem);
        PackedConvolution packed = weights.Packed;
        (PlanValue input, PlanValue? residual, PlanValue output) = (context.Input, context.Residual, context.Output);
        return context.Step(packed.KernelName, (arena, part, parts) => packed.Run(
            new ConvolutionOperands
            {
                Batch = arena.Batch,
                Input = arena[input],
                Residual = residual is null ? [] : arena[residual],
                Output = arena[output],
                Scratch = ScratchMemory.OfThisThread(packed.ScratchLength),
                Call = arena.StepCall,
            },
            part,
            parts)) with
        {
            Weights = weights,
            PackedBytes = packed.PackedBytes,
        };
    }

    private static PackedLinear Pack(LoweringContext context, Linear op) => WeightStaging.PackRows(context.Model, context.Group, (rows, bias) =>
        PackedLinear.Pack(rows, bias, op.InFeatures, op.OutFeatures, context.Input.Layout.Lanes, context.Activation));

    private static ConvolutionWeights Pack(LoweringContext context, ConvolutionProblem problem) => context.Staging.Pack(context.Model, context.Group, (weight, bias) =>
    {
        WeightSparsity sparsity = WeightSparsity.Of(weight, problem.Output.Channels);
        return new ConvolutionWeights(Choose(context, problem, sparsity).Pack(problem, weight, bias), sparsity);
    });

    /// <summary>The weights packed for another plan, if this shape uses the same kernel.</summary>
    private static ConvolutionWeights? Share(LoweringContext context, in ConvolutionProblem problem) =>
        context.Shared is ConvolutionWeights other
        && Choose(context, problem, other.Sparsity).Name == other.Packed.KernelName
        && other.Packed.For(problem) is PackedConvolution packed
            ? other with { Packed = packed }
            : null;

    private static ConvolutionKernel Choose(LoweringContext context, in ConvolutionProblem problem, WeightSparsity sparsity) =>
        ConvolutionKernel.Choose(problem, context.Options.InstructionSet, context.Options.Preference(problem, sparsity), sparsity);
}
