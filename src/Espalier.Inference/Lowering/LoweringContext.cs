using Espalier.Execution;
using Espalier.Graphs;
using Espalier.Kernels;
using Espalier.Tensors;

namespace Espalier.Inference;

/// <summary>The arguments of the step table for one fused node.</summary>
/// <param name="Model">The prepared model, at the plan's input size.</param>
/// <param name="Group">The node with the nodes fused into it.</param>
/// <param name="Inputs">The node's inputs in the arena.</param>
/// <param name="Residual">The residual in the arena, or <see langword="null"/>.</param>
/// <param name="Output">The output in the arena.</param>
/// <param name="Options">Lowering options.</param>
/// <param name="Staging">Provides the layer's weights for packing.</param>
/// <param name="Shared">The packed weights of the same layer in a plan for another shape, or <see langword="null"/>.</param>
internal sealed record LoweringContext(
    Model Model, FusedNode Group, PlanValue[] Inputs, PlanValue? Residual, PlanValue Output, LoweringOptions Options, WeightStaging Staging, object? Shared) : ILowering
{
    /// <inheritdoc/>
    public Step Lower() => StepTable.Lower(this);

    internal Activation Activation => Group.Activation;

    internal Op Op => Group.Node.Op;

    internal PlanValue Input => Inputs[0];

    /// <summary>The calls of an op that training computes in the same way.</summary>
    internal ForwardCall[] Calls() => ForwardTable.Of(Op, [.. Inputs.Select(input => input.Layout)], Output.Layout, Activation);

    /// <summary>The step that makes one call.</summary>
    internal Step Step(string kernel, ForwardKernel call) => Step(kernel, [new ForwardCall(call, 0, Inputs.Length > 1 ? 1 : ForwardCall.None)]);

    /// <summary>The step that makes some calls.</summary>
    internal Step Step(string kernel, ForwardCall[] calls)
    {
        (PlanValue[] inputs, PlanValue output) = (Inputs, Output);
        return Step(kernel, (arena, part, parts) =>
        {
            foreach (ForwardCall call in calls)
            {
                call.Kernel(
                    new ForwardOperands
                    {
                        Batch = arena.Batch,
                        Input = arena[call.Input == ForwardCall.Output ? output : inputs[call.Input]],
                        Second = call.Second == ForwardCall.None ? [] : arena[inputs[call.Second]],
                        Output = arena[output],
                    },
                    part,
                    parts);
            }
        });
    }

    /// <summary>A parameter's values as float32; empty when the op has no such role.</summary>
    internal ReadOnlySpan<float> Parameter(string role) =>
        Group.Node.Op.Parameters.Any(spec => spec.Role == role)
            ? Model.Value(Group.Node, role).To(ElementType.Float32).Read<float>()
            : [];

    /// <summary>The same, padded with zeros to whole blocks of channels.</summary>
    internal float[] PaddedParameter(string role) => Padded(Parameter(role), Input.Layout);

    /// <summary>The step that executes <paramref name="work"/>; before that, every part clears its share of the output's border.</summary>
    internal Step Step(string kernel, StepWork work)
    {
        PlanValue output = Output;
        StepWork whole = output.Layout.Border == Padding.None
            ? work
            : (arena, part, parts) =>
            {
                BorderKernel.Clear(arena[output], output.Layout, arena.Batch, part, parts);
                work(arena, part, parts);
            };
        PlanValue[] reads = Residual is null ? Inputs : [.. Inputs, Residual];
        return new Step(Group.Result.Name, kernel + Group.Suffix, [.. reads], output, whole)
        {
            MultiplyAccumulates = MultiplyAccumulates.Of(Model.Graph, Group.Node),
        };
    }

    /// <summary>One value per channel, padded with zeros to whole blocks of channels.</summary>
    internal static float[] Padded(ReadOnlySpan<float> numbers, BlockedLayout layout)
    {
        float[] padded = new float[layout.PaddedChannels];
        numbers.CopyTo(padded);
        return padded;
    }
}
