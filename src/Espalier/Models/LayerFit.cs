using Espalier.Formats;
using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier;

/// <summary>
/// Fits the layers of an architecture to weights whose names are right and whose shapes are not: where channels were removed, each layer gets the width of its weights;
/// where a convolution has a bias that the architecture lacks, it gets one. Everything else stays an error.
/// </summary>
internal static class LayerFit
{
    private const int Shown = 3;
    private const string Bias = "bias";

    /// <summary>Loads weights into a network fitted to them.</summary>
    /// <param name="network">The architecture as published, with the number of outputs of the weights.</param>
    /// <param name="weights">The checkpoint's tensors.</param>
    /// <param name="options">How their names become the network's; the note receives which layers were changed.</param>
    /// <param name="mismatch">How they differ from the architecture.</param>
    /// <exception cref="StateDictMismatchException">They differ in more than widths and biases.</exception>
    /// <exception cref="EspalierException">The widths contradict each other.</exception>
    internal static Model Load(NetworkDefinition network, StateDict weights, LoadingOptions options, StateDictMismatchException mismatch)
    {
        Graph graph = network.Graph;
        if (!CanFit(graph, mismatch))
        {
            throw mismatch;
        }

        IEnumerable<string> names = graph.Parameters.Select(parameter => parameter.Key).Concat(mismatch.Unexpected);
        StateDict values = MaskedStateDict.Split(CheckpointNames.Resolve(weights, names.ToHashSet(StringComparer.Ordinal), options with { Note = null })).Values;
        Graph fitted = Fit(graph, values, network.Metadata.Architecture);
        Model model = (network with { Graph = fitted }).Load(weights, options);
        Tell(graph, fitted, options.Note);
        return model;
    }

    /// <summary>The number of outputs that the last layer has in the weights, or <see langword="null"/>.</summary>
    internal static int? Outputs(Graph graph, StateDict weights) =>
        graph.Nodes.LastOrDefault(node => node.Op is Linear or Conv2d) is { } last && weights.TryGet(last.Parameter("weight"), out Tensor? tensor)
            && tensor.Shape is { Rank: > 0 } shape && shape[0] > 0 ? shape[0] : null;

    /// <summary>Whether the weights differ only in fewer channels and additional biases of convolutions.</summary>
    private static bool CanFit(Graph graph, StateDictMismatchException mismatch) =>
        mismatch.Missing.IsEmpty
        && mismatch.Unexpected.All(name => ScopeOf(name) is string scope && graph.TryFind(scope, out Node? node) && node.Op is Conv2d { Bias: false })
        && mismatch.ShapeMismatches.All(IsNarrower);

    private static string? ScopeOf(string name) => name.EndsWith($".{Bias}", StringComparison.Ordinal) ? name[..^(Bias.Length + 1)] : null;

    private static bool IsNarrower(ShapeMismatch mismatch)
    {
        Shape wide = mismatch.Expected.Shape;
        Shape narrow = mismatch.FoundShape;
        return narrow != wide && narrow.Rank == wide.Rank && narrow.Rank is 1 or 2 or 4
            && Enumerable.Range(0, narrow.Rank).All(axis => axis < 2 ? narrow[axis] > 0 && narrow[axis] <= wide[axis] : narrow[axis] == wide[axis]);
    }

    /// <summary>The graph with the layers' widths. Of a convolution in groups the weights do not show whether groups were removed or made narrower; both are tried, and the shapes of all layers decide.</summary>
    private static Graph Fit(Graph graph, StateDict values, string architecture)
    {
        GraphException? error = null;
        foreach (bool fewerGroups in new[] { true, false })
        {
            try
            {
                return new Graph(graph.Nodes.Select(node => WithBias(node, values)).Select(node => node with { Op = Fit(node, values, fewerGroups) }), graph.Outputs);
            }
            catch (GraphException found)
            {
                error ??= found;
            }
        }

        throw new EspalierException(
            $"the weights have fewer channels than {architecture}, and its layers do not fit together at these widths ({error!.Message}); a shape list (NAME.shapes.json beside the weights; ModelSource.ShapeList, or --shapes of convert) describes such a network",
            error);
    }

    /// <summary>A convolution without a bias gets one if the weights have it.</summary>
    private static Node WithBias(Node node, StateDict values)
    {
        string bias = ScopeName.Join(node.Name, Bias);
        return node.Op is Conv2d { Bias: false } conv && values.TryGet(bias, out _) ? node with { Op = conv with { Bias = true }, Parameters = [.. node.Parameters, bias] } : node;
    }

    private static Op Fit(Node node, StateDict values, bool fewerGroups)
    {
        if (node.Op.Parameters.Count == 0 || !values.TryGet(node.Parameter(node.Op.Parameters[0].Role), out Tensor? weight))
        {
            return node.Op;
        }

        Shape shape = weight.Shape;
        switch (node.Op)
        {
            case Conv2d conv when shape.Rank == 4:
                int perGroup = conv.OutChannels / conv.Groups;
                int groups = conv.Groups > 1 && fewerGroups && shape[1] == conv.InChannels / conv.Groups && shape[0] % perGroup == 0 ? shape[0] / perGroup : conv.Groups;
                return conv with { InChannels = checked(shape[1] * groups), OutChannels = shape[0], Groups = groups };
            case Linear linear when shape.Rank == 2: return linear with { InFeatures = shape[1], OutFeatures = shape[0] };
            case BatchNorm norm when shape.Rank == 1: return norm with { Channels = shape[0] };
            case GroupNorm norm when shape.Rank == 1: return norm with { Channels = shape[0] };
            case LayerNorm norm when shape.Rank == 1: return norm with { Channels = shape[0] };
            case Affine affine when shape.Rank == 1: return affine with { Channels = shape[0] };
            default: return node.Op;
        }
    }

    private static void Tell(Graph before, Graph after, Action<string>? note)
    {
        Node[] layers = [.. before.Nodes.Where(node => node.Op is Conv2d or Linear && Width(node.Op) != Width(after[node.Name].Op))];
        if (layers.Length > 0)
        {
            string list = string.Join(", ", layers.Take(Shown).Select(node => $"{node.Name} {Width(after[node.Name].Op)} of {Width(node.Op)}"));
            note?.Invoke($"the widths follow from the weights: {layers.Length} layers have fewer outputs than the architecture ({list}{(layers.Length > Shown ? ", …" : "")})");
        }

        string[] biases = [.. before.Nodes.Where(node => node.Op is Conv2d { Bias: false } && after[node.Name].Op is Conv2d { Bias: true }).Select(node => node.Name)];
        if (biases.Length > 0)
        {
            note?.Invoke($"with a bias, as in the weights: {CheckpointNames.List(biases)}");
        }
    }

    private static int Width(Op op) => op is Conv2d conv ? conv.OutChannels : op is Linear linear ? linear.OutFeatures : 0;
}
