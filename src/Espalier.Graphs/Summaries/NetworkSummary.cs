using System.Collections.Immutable;
using Espalier.Tensors;

namespace Espalier.Graphs;

/// <summary>Sizes, parameters, MACs and receptive fields of a network, per node and per stage. Needs only the graph.</summary>
public sealed class NetworkSummary
{
    /// <summary>Summarizes a graph.</summary>
    /// <param name="graph">The network, at the input size of interest (see <see cref="Graph.WithInput"/>).</param>
    /// <param name="stages">The stages of the table; by default the first part of each node's name.</param>
    public NetworkSummary(Graph graph, ValueList<Stage> stages = default)
        : this(graph, stages, null)
    {
    }

    /// <summary>Summarizes a model, including its non-zero parameters.</summary>
    public NetworkSummary(Model model)
        : this(Given(model).Graph, model.Metadata.Stages, Graphs.NonZeros.ByParameter(model))
    {
        ParameterBytes = BytesOf(model);
    }

    private NetworkSummary(Graph graph, ValueList<Stage> stages, IReadOnlyDictionary<string, long>? nonZeros)
    {
        ArgumentNullException.ThrowIfNull(graph);
        Graph = graph;
        Nodes = Rows(graph, nonZeros);
        Stages = [.. (stages.Count > 0 ? stages : StagesByName(graph)).Where(stage => graph.Nodes.Any(node => stage.Contains(node.Name))).Select(Summarize)];
    }

    /// <summary>The network's graph.</summary>
    public Graph Graph { get; }

    /// <summary>One row per node, in order.</summary>
    public ImmutableArray<NodeSummary> Nodes { get; }

    /// <summary>One row per stage that has nodes.</summary>
    public ImmutableArray<StageSummary> Stages { get; }

    /// <summary>Number of trainable parameters, as counted in the papers.</summary>
    public long Parameters => Nodes.Sum(row => row.Parameters);

    /// <summary>Multiply-accumulates of convolutions and linear layers, for one sample.</summary>
    public long MultiplyAccumulates => Nodes.Sum(row => row.MultiplyAccumulates);

    /// <summary>Bytes of the trainable parameters in the types in which they are stored, or <see langword="null"/> where only the graph is known.</summary>
    public long? ParameterBytes { get; }

    /// <summary>Bits for each trainable parameter: 32 in float32, little more than 8 in a quantized network; <see langword="null"/> where only the graph is known or there are no parameters.</summary>
    public double? BitsPerParameter => Parameters == 0 ? null : 8.0 * ParameterBytes / Parameters;

    /// <summary>Number of non-zero parameters, or <see langword="null"/> where only the graph is known.</summary>
    public long? NonZeros => Sum(Nodes.Select(row => row.NonZeros));

    /// <summary>MACs with non-zero weights, or <see langword="null"/> where only the graph is known.</summary>
    public long? EffectiveMultiplyAccumulates => Sum(Nodes.Select(row => row.EffectiveMultiplyAccumulates));

    /// <summary>Depth as in the papers (He 2015, Table 1): the largest number of layers with weights on a path from input to output.</summary>
    public int Depth => NetworkDepth.Of(Graph);

    /// <summary>The bits for each trainable parameter of a model, or <see langword="null"/> if it has none.</summary>
    internal static double? BitsOf(Model model)
    {
        long parameters = model.Graph.Parameters.Where(spec => !spec.Value.IsBuffer).Sum(spec => spec.Value.Shape.Count);
        return parameters == 0 ? null : 8.0 * BytesOf(model) / parameters;
    }

    private static long BytesOf(Model model) =>
        model.Graph.Parameters.Where(spec => !spec.Value.IsBuffer).Select(spec => model.Parameters[spec.Key].Value).Sum(value => value.Shape.Count * value.Type.Size());

    private static Model Given(Model model)
    {
        ArgumentNullException.ThrowIfNull(model);
        return model;
    }

    private static ImmutableArray<NodeSummary> Rows(Graph graph, IReadOnlyDictionary<string, long>? nonZeros)
    {
        IReadOnlyDictionary<string, ReceptiveField> fields = ReceptiveField.Of(graph);
        var counted = new HashSet<string>(StringComparer.Ordinal);
        return [.. graph.Nodes.Select(node => Row(graph, node, [.. Own(node, counted)], fields[node.Name], nonZeros))];
    }

    private static NodeSummary Row(Graph graph, Node node, (string Name, long Count)[] own, ReceptiveField field, IReadOnlyDictionary<string, long>? nonZeros) =>
        new(node, graph.ShapeOf(node.Name), own.Sum(parameter => parameter.Count), Graphs.MultiplyAccumulates.Of(graph, node), field)
        {
            NonZeros = nonZeros is null ? null : own.Sum(parameter => nonZeros[parameter.Name]),
            EffectiveMultiplyAccumulates = nonZeros is null ? null : Graphs.MultiplyAccumulates.Effective(graph, node, nonZeros),
        };

    /// <summary>The trainable parameters of a node that no earlier node has.</summary>
    private static IEnumerable<(string Name, long Count)> Own(Node node, HashSet<string> counted)
    {
        ValueList<ParameterSpec> specs = node.Op.Parameters;
        for (int i = 0; i < specs.Count; i++)
        {
            if (counted.Add(node.Parameters[i]) && !specs[i].IsBuffer)
            {
                yield return (node.Parameters[i], specs[i].Shape.Count);
            }
        }
    }

    private static long? Sum(IEnumerable<long?> values) => values.Aggregate((long?)0, (sum, value) => sum + value); // null where any value is null

    private static IEnumerable<Stage> StagesByName(Graph graph) =>
        graph.Nodes.Where(node => node.Op is not Input).Select(node => node.Name.Split('.')[0]).Distinct().Select(name => new Stage(name, [name]));

    private StageSummary Summarize(Stage stage)
    {
        NodeSummary[] rows = [.. Nodes.Where(row => stage.Contains(row.Node.Name))];
        return new StageSummary(
            stage.Name,
            rows.Length,
            NetworkDepth.Of(Graph, stage.Contains),
            rows[^1].Output,
            rows.Sum(row => row.Parameters),
            rows.Sum(row => row.MultiplyAccumulates),
            rows[^1].ReceptiveField)
        {
            NonZeros = Sum(rows.Select(row => row.NonZeros)),
            EffectiveMultiplyAccumulates = Sum(rows.Select(row => row.EffectiveMultiplyAccumulates)),
        };
    }
}
