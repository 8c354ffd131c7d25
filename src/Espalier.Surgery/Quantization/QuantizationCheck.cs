using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Surgery;

/// <summary>Refuses models that cannot be quantized as they are, with the remedy.</summary>
internal static class QuantizationCheck
{
    internal static void Require(Model model, QuantizationOptions options)
    {
        ArgumentNullException.ThrowIfNull(model);
        Graph graph = model.Graph;
        string? unmatched = options.KeepFloat.FirstOrDefault(pattern => !graph.Nodes.Any(node => ScopePattern.Matches(pattern, node.Name)));
        string? reason =
            unmatched is not null ? $"'{unmatched}', to be kept in floating point, matches no node{SimilarNames.Suggest(unmatched, graph.Nodes.Select(node => node.Name))}"
            : Find(graph, node => node.Op is Quantize || QuantizedLayer.Is(node.Op)) is string quantized ? $"'{quantized}' is quantized already; start from the model before"
            : Find(graph, node => node.Op is Dropout or StochasticDepth) is string random ? $"'{random}' is an op of training; fold the model first (InferenceFolding, espalier fold)"
            : Find(graph, node => node.Op is Conv2d { StandardizationEpsilon: not null }) is string standardized ? $"'{standardized}' has standardized weights; replace them by ordinary ones first (StandardizationRemoval)"
            : InferenceFolding.FoldUnrecorded(model).Merges is { Length: > 0 } merges ? $"{merges.Length} of its linear parts are not folded, the first into '{merges[0].Into}'; fold the model first (InferenceFolding, espalier fold)"
            : MixedWeight(graph, options) is string mixed ? $"'{mixed}' is the weight of several layers, of which only some are to be kept in floating point"
            : QuantizationPlacement.Of(graph, options).Layers.Count == 0 ? "it has no convolution or linear layer that is not kept in floating point"
            : null;
        if (reason is not null)
        {
            throw new EspalierException($"The model cannot be quantized: {reason}.");
        }
    }

    private static string? Find(Graph graph, Func<Node, bool> selects) => graph.Nodes.FirstOrDefault(selects)?.Name;

    private static string? MixedWeight(Graph graph, QuantizationOptions options)
    {
        HashSet<string> quantized = [.. QuantizationPlacement.Of(graph, options).Layers.Select(layer => layer.Name)];
        return graph.Nodes.Where(node => node.Op.Parameters.Any(spec => spec.Role == "weight"))
            .GroupBy(node => node.Parameter("weight"), StringComparer.Ordinal)
            .FirstOrDefault(tied => tied.Any(node => quantized.Contains(node.Name)) && !tied.All(node => quantized.Contains(node.Name)))?.Key;
    }
}
