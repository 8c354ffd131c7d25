using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier;

/// <summary>Parts and forms of a network that explanations run.</summary>
internal static class ExplainedNetwork
{
    /// <summary>The node whose values are the scores of the classes: the first output, or what a softmax there reads (Selvaraju 2017, §3: the score before the softmax).</summary>
    internal static string ScoreOf(Graph graph) => graph[graph.Outputs[0]] is { Op: Softmax } softmax ? softmax.Inputs[0] : graph.Outputs[0];

    /// <summary>The last node on whose map of more than one pixel the scores depend, in the order of the graph; dropout, which is no layer of its own at inference, does not count.</summary>
    /// <exception cref="EspalierException">There is none.</exception>
    internal static string LastSpatial(Graph graph)
    {
        HashSet<string> reached = NodesBefore(graph, [ScoreOf(graph)]);
        return graph.Nodes.LastOrDefault(node => node.Op is not (Input or Dropout) && reached.Contains(node.Name) && IsSpatial(graph, node.Name))?.Name
            ?? throw new EspalierException("the network has no layer with a feature map of more than one pixel on which its classes depend, so that there is nothing to locate");
    }

    /// <summary>Whether a node has a feature map of more than one pixel.</summary>
    internal static bool IsSpatial(Graph graph, string node) => graph.ShapeOf(node) is { Rank: 3 } shape && (long)shape[1] * shape[2] > 1;

    /// <summary>The part of a network that computes given nodes, which become its outputs.</summary>
    internal static Model Computing(Model model, ValueList<string> outputs)
    {
        HashSet<string> reached = NodesBefore(model.Graph, outputs);
        var graph = new Graph(model.Graph.Nodes.Where(node => reached.Contains(node.Name)), outputs);
        HashSet<string> parameters = new(graph.Parameters.Select(parameter => parameter.Key), StringComparer.Ordinal);
        return new Model(graph, model.Parameters.Where(parameters.Contains), ModelMetadata.None);
    }

    /// <summary>The part that computes given nodes, in a form that a training run computes as at inference: without dropout, stochastic depth by its factors, all parameters frozen. The names of nodes stay.</summary>
    /// <exception cref="EspalierException">A batch norm has no running statistics.</exception>
    internal static Model AtInference(Model model, ValueList<string> outputs)
    {
        BatchStatistics.RequireRunning(model.Graph);
        var parameters = new Dictionary<string, Parameter>(StringComparer.Ordinal);
        var changed = new Graph(model.Graph.Nodes.SelectMany(node => AtInference(model.Graph, node, parameters)), model.Graph.Outputs);
        Parameters all = model.Parameters.With(parameters);
        HashSet<string> known = new(changed.Parameters.Select(parameter => parameter.Key), StringComparer.Ordinal);
        Model form = Computing(new Model(changed, all.Where(known.Contains), model.Metadata), outputs);
        return form.With(form.Parameters.With(form.Parameters.Select(parameter => KeyValuePair.Create(parameter.Key, parameter.Value with { Trainable = false }))));
    }

    /// <summary>The scopes that freeze every norm.</summary>
    internal static ValueList<string> AllScopes(Graph graph) => ValueList.From(graph.Nodes.Select(node => node.Name.Split('.')[0]).Distinct());

    private static IEnumerable<Node> AtInference(Graph graph, Node node, Dictionary<string, Parameter> parameters)
    {
        int channels = graph.ShapeOf(node.Name)[0];
        if (node.Op is Dropout)
        {
            return [new Node(node.Name, new ChannelSlice(0, channels), node.Inputs)];
        }

        if (node.Op is not StochasticDepth depth)
        {
            return [node];
        }

        (double shortcut, double branch) = depth.InferenceFactors;
        List<Node> nodes = [];
        string Scaled(int input, double factor)
        {
            if (factor == 1)
            {
                return node.Inputs[input];
            }

            var scale = new Node(graph.FreeName($"{node.Name}.factor{input}"), new Affine(channels, Bias: false), [node.Inputs[input]]);
            float[] factors = new float[channels];
            Array.Fill(factors, (float)factor);
            parameters[scale.Parameters[0]] = new Parameter(Tensor.From([channels], factors));
            nodes.Add(scale);
            return scale.Name;
        }

        nodes.Add(new Node(node.Name, new Add(), [Scaled(0, shortcut), Scaled(1, branch)]));
        return nodes;
    }

    private static HashSet<string> NodesBefore(Graph graph, IEnumerable<string> outputs)
    {
        HashSet<string> reached = new(outputs, StringComparer.Ordinal);
        foreach (Node node in graph.Nodes.Reverse().Where(node => reached.Contains(node.Name)))
        {
            reached.UnionWith(node.Inputs);
        }

        return reached;
    }
}
