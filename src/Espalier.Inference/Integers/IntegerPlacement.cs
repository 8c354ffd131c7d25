using Espalier.Execution;
using Espalier.Graphs;
using Espalier.Kernels;

namespace Espalier.Inference;

/// <summary>Chooses where the steps of values in 8-bit integers read and write.</summary>
internal sealed class IntegerPlacement
{
    private readonly Model _model;
    private readonly IntegerValues _integers;
    private readonly RoundedLayers _rounded;
    private readonly IReadOnlySet<string> _inFloatingPoint;
    private readonly PlanMemory _memory;
    private readonly Dictionary<string, PlanValue> _values = new(StringComparer.Ordinal);

    internal IntegerPlacement(Model model, IntegerValues integers)
    {
        (_model, _integers, _rounded) = (model, integers, new RoundedLayers(model.Graph, integers));
        _inFloatingPoint = integers.InFloatingPoint(model.Graph);
        Node[] nodes = [.. model.Graph.Nodes.Where(node => integers.PointOf(node.Name) is not null)];
        Node?[] regions = [.. nodes.Select(integers.RegionOf).Select(region => region is { IsValue: false } ? region.Layer ?? region.Body : null)];
        Node[] readers = [.. nodes.Where(node => node.Op is not Quantize), .. regions.OfType<Node>()];
        _memory = new PlanMemory(
            model.Graph,
            IntegerConvolution.Lanes,
            nodes.Where(node => node.Op is not Flatten).Select(node => node.Name).ToHashSet(StringComparer.Ordinal),
            [.. readers.Where(node => node.Op is not Concat || integers.PointOf(node.Name) is not null)], // concats of other scales copy their inputs
            nodes.Where(node => node.Op is Quantize && integers.RegionOf(node) is null && IsImage(node, readers)).ToDictionary(node => node.Name, LanesOfImage, StringComparer.Ordinal),
            isInteger: true);
    }

    /// <summary>A value that has its place.</summary>
    internal IntegerInput this[string name] => new(_values[name], _integers.PointOf(name)!.Value);

    /// <summary>Whether the network's input is read by roundings only, which can round it as it comes.</summary>
    internal bool IsOnlyRounded(Node input) =>
        !_model.Graph.Outputs.Contains(input.Name) && _model.Graph.UsersOf(input.Name).All(user => user.Op is Quantize && _integers.RegionOf(user) is null);

    /// <summary>The call that computes a value in integers; <see langword="null"/> if it has the memory of another, or is computed with the sum that takes it in.</summary>
    /// <param name="node">The node whose result is in integers.</param>
    /// <param name="floatingPoint">Finds a value in floating point.</param>
    /// <param name="shared">The packed weights of the same layer in a plan for another shape, or <see langword="null"/>.</param>
    internal ILowering? Place(Node node, Func<string, PlanValue> floatingPoint, object? shared)
    {
        if (_rounded.Contains(node))
        {
            return null;
        }

        PlanValue output = _memory.Place(node.Name);
        IntegerRegion? region = _integers.RegionOf(node);
        QuantizationPoint point = _integers.PointOf(node.Name)!.Value;
        if (node.Op is Quantize && region is null)
        {
            _values[node.Name] = output;
            Node source = _model.Graph[node.Inputs[0]];
            return new RoundingCall(node, point, source.Op is Input && IsOnlyRounded(source) ? null : floatingPoint(source.Name), output);
        }

        RoundedLayer? layer = _rounded.Of(node);
        IntegerInput[] inputs = [.. IntegerCall.ReadsOf(node, region, layer).Select(name => this[name])];
        if (node.Op is Flatten && inputs[0].Layout == output.Layout)
        {
            _values[node.Name] = inputs[0].Value; // a map of one pixel is laid out as a vector
            return null;
        }

        _values[node.Name] = output;
        bool isInPlace = node.Op is Concat && ConcatSteps.ToCopy([.. inputs.Select(input => input.Value)], output).Count == 0;
        return isInPlace ? null : new IntegerCall(_model, node, region, inputs, point, output, shared) { Rounded = layer };
    }

    // Pixels of three bytes where the network's input is rounded as it comes, for convolutions that read several of them at once.
    private int LanesOfImage(Node point)
    {
        Node source = _model.Graph[point.Inputs[0]];
        bool isDense = source.Op is Input && IsOnlyRounded(source) && _model.Graph.ShapeOf(point.Name)[0] == PixelRow.Lanes && _model.Graph.UsersOf(point.Name).All(user => user.Op is Conv2d { Kernel.Width: > 1, Dilation.Width: 1 });
        return isDense ? PixelRow.Lanes : SumShape.QuadChannels;
    }

    // Only the rounding of floats writes blocks of 4 channels, and only dense convolutions read them.
    private bool IsImage(Node point, Node[] readers)
    {
        bool isRead = PlanMemory.IsImage(_model.Graph, point.Name);
        return isRead && _model.Graph.UsersOf(point.Name).All(user => readers.Contains(user) && !_inFloatingPoint.Contains(user.Name));
    }
}
