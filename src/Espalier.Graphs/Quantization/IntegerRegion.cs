using Espalier.Tensors;

namespace Espalier.Graphs;

/// <summary>The nodes between two roundings that are computed in integers: a sum, possibly limited by an activation, that a <see cref="Quantize"/> node rounds.</summary>
/// <param name="Point">The node that rounds.</param>
/// <param name="Body">The node that is limited and rounded: a layer with quantized weights, a sum, product, concat, average pool, activation, or factors and shifts of channels, of values in integers; or itself such a value.</param>
/// <param name="Layer">The layer whose sums of products are rounded: <paramref name="Body"/>, or one operand of a sum.</param>
/// <param name="Activation">The activation between <paramref name="Body"/> and the rounding: one that limits, or none.</param>
internal sealed record IntegerRegion(Node Point, Node Body, Node? Layer, Activation Activation)
{
    /// <summary>Whether <see cref="Body"/> is itself a value in integers, which is only rounded to another scale.</summary>
    internal bool IsValue { get; private init; }

    /// <summary>The region that ends at a node; <see langword="null"/> where what it rounds is computed in floating point.</summary>
    /// <param name="graph">The network.</param>
    /// <param name="point">A <see cref="Quantize"/> node.</param>
    /// <param name="isInteger">Whether the value of a node is in integers.</param>
    internal static IntegerRegion? Of(Graph graph, Node point, Func<string, bool> isInteger)
    {
        Node body = graph[point.Inputs[0]];
        Activation activation = Activation.None;
        if (!isInteger(body.Name) && body.Op is ActivationOp { Activation.Limits: not null } limiting)
        {
            (activation, body) = (limiting.Activation, graph[body.Inputs[0]]);
        }

        bool isLayer = QuantizedLayer.Is(body.Op) && isInteger(body.Inputs[0]);
        Node[] layers = isLayer ? [body] : body.Op is Add && !isInteger(body.Name) ? [.. body.Inputs.Where(name => !isInteger(name)).Select(name => graph[name])] : [];
        bool isRegion = isInteger(body.Name) || isLayer || (IntegerOps.IsComputed(body)
            && (body.Op is Add
                ? layers.Length <= 1 && Array.TrueForAll(layers, layer => QuantizedLayer.Is(layer.Op) && isInteger(layer.Inputs[0]))
                : body.Inputs.All(isInteger)));
        return isRegion ? new(point, body, layers.FirstOrDefault(), activation) { IsValue = isInteger(body.Name) } : null;
    }
}
