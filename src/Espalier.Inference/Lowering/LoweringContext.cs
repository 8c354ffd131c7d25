using Espalier.Execution;
using Espalier.Graphs;
using Espalier.Kernels;
using Espalier.Tensors;

namespace Espalier.Inference;

/// <summary>What the step table needs to know to lower one group.</summary>
/// <param name="Model">The prepared model, at the plan's input size.</param>
/// <param name="Group">The node with what is fused into it.</param>
/// <param name="Inputs">Where the node's inputs lie.</param>
/// <param name="Residual">Where the residual lies, if there is one.</param>
/// <param name="Output">Where the result goes.</param>
/// <param name="Options">How to.</param>
/// <param name="Staging">Gives the layer's numbers out.</param>
/// <param name="Shared">What the same layer keeps packed in a plan for another shape, if there is one.</param>
internal sealed record LoweringContext(
    Model Model, FusedNode Group, PlanValue[] Inputs, PlanValue? Residual, PlanValue Output, LoweringOptions Options, WeightStaging Staging, object? Shared)
{
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

    /// <summary>A parameter's numbers as floats; empty when the op has no such role.</summary>
    internal ReadOnlySpan<float> Parameter(string role) =>
        Group.Node.Op.Parameters.Any(spec => spec.Role == role)
            ? Model.Value(Group.Node, role).To(ElementType.Float32).Read<float>()
            : [];

    /// <summary>The same, with zeros behind for the lanes of the last block that hold no channel.</summary>
    internal float[] PaddedParameter(string role) => Padded(Parameter(role), Input.Layout);

    /// <summary>The step that does <paramref name="work"/>; before it, every part clears its share of the output's border.</summary>
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

    /// <summary>Numbers of channels with zeros behind, to whole blocks.</summary>
    internal static float[] Padded(ReadOnlySpan<float> numbers, BlockedLayout layout)
    {
        float[] padded = new float[layout.PaddedChannels];
        numbers.CopyTo(padded);
        return padded;
    }
}
