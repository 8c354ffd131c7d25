using Espalier.Execution;
using Espalier.Graphs;
using Espalier.Kernels;
using Espalier.Tensors;

namespace Espalier.Inference;

/// <summary>A value in 8-bit integers that a step reads.</summary>
/// <param name="Value">Its place in the arena.</param>
/// <param name="Point">Its scale and zero point.</param>
internal readonly record struct IntegerInput(PlanValue Value, QuantizationPoint Point)
{
    internal BlockedLayout Layout => Value.Layout;

    internal byte ZeroPoint => Point.ZeroPoint;
}

/// <summary>The arguments of <see cref="IntegerStepTable"/> for one value in 8-bit integers.</summary>
/// <param name="Model">The prepared model, at the plan's input size.</param>
/// <param name="Node">The node whose result it is: a rounding, or an op that only moves integers.</param>
/// <param name="Region">What a rounding computes in integers; <see langword="null"/> for one of a value in floating point, and for other ops.</param>
/// <param name="Inputs">The values that are read, in the order of <see cref="ReadsOf"/>.</param>
/// <param name="Point">Scale and zero point of the result.</param>
/// <param name="Output">Its place in the arena.</param>
/// <param name="Shared">The packed weights of the same layer in a plan for another shape, or <see langword="null"/>.</param>
internal sealed record IntegerCall(Model Model, Node Node, IntegerRegion? Region, IntegerInput[] Inputs, QuantizationPoint Point, PlanValue Output, object? Shared) : ILowering
{
    /// <summary>For a sum: the layer that is rounded and then added, whose own region and rounding these are; <see langword="null"/> if there is none.</summary>
    internal RoundedLayer? Rounded { get; init; }

    /// <summary>The node that determines the kernel.</summary>
    internal Node Body => Region is null ? Node : Rounded?.Region.Body ?? Region.Layer ?? Region.Body;

    internal IntegerInput Input => Inputs[0];

    /// <summary>Zero point and limits of the result.</summary>
    internal Requantization Rounding => RoundingOf(Region, Point);

    /// <summary>Zero point and limits of a region's result.</summary>
    internal static Requantization RoundingOf(IntegerRegion? region, QuantizationPoint point) => region?.Activation.Limits is (float low, float high)
        ? Requantization.To(point.Scale, point.ZeroPoint, low, high)
        : Requantization.To(point.Scale, point.ZeroPoint);

    /// <summary>The names of the integer values that a node's step reads: a layer's input and then what is added to the layer, or the inputs of the op.</summary>
    internal static IReadOnlyList<string> ReadsOf(Node node, IntegerRegion? region, RoundedLayer? rounded)
    {
        if (region is null)
        {
            return node.Op is Quantize ? [] : node.Inputs;
        }

        return region switch
        {
            { IsValue: true } => [region.Body.Name],
            _ when rounded is not null => [rounded.Region.Body.Inputs[0], region.Body.Inputs.First(name => name != rounded.Region.Point.Name)],
            { Layer: { } layer } when layer == region.Body => [layer.Inputs[0]],
            { Layer: { } layer } => [layer.Inputs[0], region.Body.Inputs.First(name => name != layer.Name)],
            _ => region.Body.Inputs,
        };
    }

    /// <inheritdoc/>
    public Step Lower() => IntegerStepTable.Lower(this);

    /// <summary>The step that executes <paramref name="work"/>. Kernels of 8-bit integers fill the border of what they write.</summary>
    internal Step Step(string kernel, StepWork work)
    {
        string own = Rounded is null ? "" : $"{Suffix(Rounded.Region.Activation)} + round + add";
        string suffix = Region is null ? "" : (Region.Layer is not null && Region.Layer != Region.Body ? " + add" : own) + Suffix(Region.Activation);
        return new Step(Node.Name, $"{kernel}{suffix}", [.. Inputs.Select(input => input.Value)], Output, work)
        {
            MultiplyAccumulates = MultiplyAccumulates.Of(Model.Graph, Body),
        };
    }

    private static string Suffix(Activation activation) => activation == Activation.None ? "" : $" + {activation.Name}";
}
