using Espalier.Graphs;
using Espalier.Surgery;
using Espalier.Tensors;

namespace Espalier.Inference;

/// <summary>The first value of a network, in the graph's order, that is NaN or infinite, and the parameter that makes it so.</summary>
/// <param name="Node">The node that makes it; the input's where the sample itself is not finite.</param>
/// <param name="Kind">What the node does: <see cref="Op.Kind"/>.</param>
/// <param name="Channel">The first channel that is not finite.</param>
/// <param name="Value">Its first number that is not.</param>
/// <param name="Parameter">The node's parameter at fault; <see langword="null"/> where those of the channel are finite, so that it is the node's arithmetic that overflows.</param>
public sealed record FirstNonFinite(string Node, string Kind, int Channel, float Value, ParameterFault? Parameter)
{
    private static readonly string s_input = new Input([]).Kind;
    private const int MostSegments = 16; // of ResNet-50 each keeps some ten values at a time

    /// <summary>Runs a network once, node by node and unfolded, until a value is not finite.</summary>
    /// <param name="model">The network.</param>
    /// <param name="input">Float32, [batch, …sample]; one sample is enough where it is known which.</param>
    /// <returns>What was found; <see langword="null"/> if every value is finite.</returns>
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

    /// <summary>One sentence without a full stop.</summary>
    public override string ToString()
    {
        string why = Parameter is not null ? $"because {Parameter}"
            : Kind == s_input ? "which is what it was given"
            : "though its input and parameters are finite: it overflows float32";
        return FormattableString.Invariant($"the first layer that is not finite is {Node} ({Kind}), {Value} in channel {Channel}, {why}");
    }

    // Every node is an output, so that nothing is fused with its neighbours or overwritten.
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
