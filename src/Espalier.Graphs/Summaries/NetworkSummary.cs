using System.Collections.Immutable;

namespace Espalier.Graphs;

/// <summary>A network in figures, node by node and stage by stage: sizes, parameters, MACs, receptive fields. Needs no numbers, only the graph.</summary>
public sealed class NetworkSummary
{
    /// <summary>Summarises a graph.</summary>
    /// <param name="graph">The network, at the input size of interest (see <see cref="Graph.WithInput"/>).</param>
    /// <param name="stages">The rows of the table by stages; none means the first part of each name.</param>
    public NetworkSummary(Graph graph, ValueList<Stage> stages = default)
    {
        ArgumentNullException.ThrowIfNull(graph);
        Graph = graph;
        Nodes = Rows(graph);
        Stages = [.. (stages.Count > 0 ? stages : StagesByName(graph)).Where(stage => graph.Nodes.Any(node => stage.Contains(node.Name))).Select(Summarise)];
    }

    /// <summary>The network.</summary>
    public Graph Graph { get; }

    /// <summary>A row for each node, in order.</summary>
    public ImmutableArray<NodeSummary> Nodes { get; }

    /// <summary>A row for each stage that has nodes.</summary>
    public ImmutableArray<StageSummary> Stages { get; }

    /// <summary>Trainable parameters: what the papers count.</summary>
    public long Parameters => Nodes.Sum(row => row.Parameters);

    /// <summary>Multiply-accumulates of convolutions and linear layers, for one sample.</summary>
    public long MultiplyAccumulates => Nodes.Sum(row => row.MultiplyAccumulates);

    /// <summary>Depth as the papers count it (He 2015, Table 1): the most layers with weights on a path from input to output.</summary>
    public int Depth => NetworkDepth.Of(Graph);

    private static ImmutableArray<NodeSummary> Rows(Graph graph)
    {
        IReadOnlyDictionary<string, ReceptiveField> fields = ReceptiveField.Of(graph);
        var counted = new HashSet<string>(StringComparer.Ordinal);
        return [.. graph.Nodes.Select(node => new NodeSummary(node, graph.ShapeOf(node.Name), CountParameters(node, counted), Graphs.MultiplyAccumulates.Of(graph, node), fields[node.Name]))];
    }

    private static long CountParameters(Node node, HashSet<string> counted)
    {
        ValueList<ParameterSpec> specs = node.Op.Parameters;
        long count = 0;
        for (int i = 0; i < specs.Count; i++)
        {
            count += counted.Add(node.Parameters[i]) && !specs[i].IsBuffer ? specs[i].Shape.Count : 0;
        }

        return count;
    }

    private static IEnumerable<Stage> StagesByName(Graph graph) =>
        graph.Nodes.Where(node => node.Op is not Input).Select(node => node.Name.Split('.')[0]).Distinct().Select(name => new Stage(name, [name]));

    private StageSummary Summarise(Stage stage)
    {
        NodeSummary[] rows = [.. Nodes.Where(row => stage.Contains(row.Node.Name))];
        return new StageSummary(
            stage.Name,
            rows.Length,
            NetworkDepth.Of(Graph, stage.Contains),
            rows[^1].Output,
            rows.Sum(row => row.Parameters),
            rows.Sum(row => row.MultiplyAccumulates),
            rows[^1].ReceptiveField);
    }
}
