using Espalier.Graphs;
using Espalier.Surgery;
using Espalier.Tensors;

namespace Espalier.Inference;

/// <summary>The first node of a network, in graph order, whose output contains NaN or an infinity, and the parameter that causes it.</summary>
/// <param name="Node">The node's name; the input node if the sample itself is not finite.</param>
/// <param name="Kind">The node's <see cref="Op.Kind"/>.</param>
/// <param name="Channel">The first channel with a non-finite value.</param>
/// <param name="Value">The first non-finite value of that channel.</param>
/// <param name="Parameter">The parameter that causes it; <see langword="null"/> where the channel's parameters are finite, so that the computation overflows.</param>
internal sealed record FirstNonFinite(string Node, string Kind, int Channel, float Value, ParameterFault? Parameter)
{
    private static readonly string s_input = new Input([]).Kind;
    private const int MostSegments = 16; // with 16 segments, each of ResNet-50's has about ten values

    /// <summary>Runs a network once, node by node and unfolded, up to the first output that is not finite.</summary>
    /// <param name="model">The network.</param>
    /// <param name="input">Float32, [batch, …sample]; only the sample at fault, if that is known.</param>
    /// <returns>The node found; <see langword="null"/> if every value is finite.</returns>
    public static FirstNonFinite? Find(Model model, Tensor input)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(input);
        model = model.Apply(new DropoutRemoval()).WithInput(input.Shape.WithoutFirst());
        if (Of(model, model.Graph.Input, input) is { } entered)
        {
            return entered;
        }

        Tensor value = input;
        foreach (Graph segment in GraphSegments.Of(model.Graph, MostSegments))
        {
            Node[] nodes = [.. segment.Nodes.Where(node => node.Op is not Input)];
            IReadOnlyList<Tensor> values = RunAll(model, segment, nodes, value);
            if (nodes.Zip(values, (node, result) => Of(model, node, result)).FirstOrDefault(found => found is not null) is { } first)
            {
                return first;
            }

            value = values[Array.FindIndex(nodes, node => node.Name == segment.Outputs[0])];
        }

        return null;
    }

    /// <summary>The finding as one sentence without a full stop.</summary>
    public override string ToString()
    {
        string why = Parameter is not null ? $"because {Parameter}"
            : Kind == s_input ? "the input itself"
            : "though its input and parameters are finite: it overflows float32";
        return FormattableString.Invariant($"the first layer that is not finite is {Node} ({Kind}), {Value} in channel {Channel}, {why}");
    }

    // Every node is an output, so that nothing is fused or overwritten.
    private static IReadOnlyList<Tensor> RunAll(Model model, Graph segment, Node[] nodes, Tensor value)
    {
        var graph = new Graph(segment.Nodes, [.. nodes.Select(node => node.Name)]);
        IEnumerable<KeyValuePair<string, Parameter>> parameters = model.Parameters.Where(parameter => graph.Parameters.Any(spec => spec.Key == parameter.Key));
        using var predictor = new Predictor(new Model(graph, Parameters.From(parameters), ModelMetadata.None), new PredictorOptions { Unfolded = true });
        return predictor.RunAll(value);
    }

    private static FirstNonFinite? Of(Model model, Node node, Tensor result)
    {
        int at = NonFinite.IndexOf(result.Read<float>());
        if (at < 0)
        {
            return null;
        }

        Shape sample = result.Shape.WithoutFirst();
        int channel = (int)(at % sample.Count / (sample.Count / sample[0]));
        return new FirstNonFinite(node.Name, node.Op.Kind, channel, result.Read<float>()[at], ParameterFault.Find(model, node, channel));
    }
}
