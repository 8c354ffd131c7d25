using Espalier.Execution;
using Espalier.Graphs;
using Espalier.Kernels;

namespace Espalier.Inference;

/// <summary>Steps that multiply 8-bit integers by weights: convolutions and linear layers, with a sum and limits, rounded before the sum or not.</summary>
/// <remarks>Packing is in separate methods, because a step's closure keeps everything alive that it captures, such as the whole model.</remarks>
internal static class IntegerLayerSteps
{
    internal static Step Layer(IntegerCall call)
    {
        PackedIntegerConvolution packed = Packed(call);
        (PlanValue input, PlanValue? residual, PlanValue output) = (call.Input.Value, call.Inputs.Length > 1 ? call.Inputs[1].Value : null, call.Output);
        return call.Step(packed.KernelName, (arena, part, parts) => packed.Run(
            new IntegerOperands
            {
                Batch = arena.Batch,
                Input = arena.Integers(input),
                Residual = residual is null ? [] : arena.Integers(residual),
                Output = arena.Integers(output),
                Scratch = ScratchMemory.OfThisThread(packed.ScratchLength),
            },
            part,
            parts)) with
        {
            Weights = packed,
            PackedBytes = packed.PackedBytes,
        };
    }

    private static PackedIntegerConvolution Packed(IntegerCall call)
    {
        ConvolutionProblem problem = Geometry.Problem(IntegerLayer.Convolution(call.Body), call.Input.Layout, call.Output.Layout) with
        {
            Residual = call.Inputs.Length > 1 ? call.Inputs[1].Layout : null,
        };
        return call.Shared is PackedIntegerConvolution other && other.Problem.Input.Lanes == problem.Input.Lanes ? other.For(problem) : Pack(call, problem);
    }

    private static PackedIntegerConvolution Pack(IntegerCall call, in ConvolutionProblem problem)
    {
        IntegerLayer layer = IntegerLayer.Of(call.Model, call.Body, call.Input.Point, call.Rounded?.Point ?? call.Point);
        return PackedIntegerConvolution.PackFastest(problem, new IntegerWeights
        {
            Weights = layer.Weights,
            Bias = layer.Bias,
            InputZeroPoint = call.Input.ZeroPoint,
            Multipliers = layer.Factors,
            Output = call.Rounding,
            Addition = call.Inputs.Length == 1 ? null : Addition(call),
        });
    }

    private static ResidualAddition Addition(IntegerCall call) => new(Factor(call, call.Inputs[1].Point), call.Inputs[1].ZeroPoint)
    {
        Own = call.Rounded is { } layer ? new OwnRounding(IntegerCall.RoundingOf(layer.Region, layer.Point), Factor(call, layer.Point)) : null,
    };

    private static float Factor(IntegerCall call, QuantizationPoint summand) => IntegerFactor.Of((double)summand.Scale / call.Point.Scale, call.Rounded is null ? call.Body : call.Region!.Body);
}
