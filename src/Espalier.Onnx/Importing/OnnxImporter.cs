using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Onnx;

/// <summary>Imports a file: its graph, node by node, becomes a model.</summary>
internal static class OnnxImporter
{
    /// <summary>Imports a file.</summary>
    /// <exception cref="EspalierException">The file is damaged, needs ops or sizes that are not there, or its graph is invalid.</exception>
    internal static OnnxImport Import(OnnxFile file, OnnxReadOptions options)
    {
        OnnxGraph graph = OnnxGraph.Of(file).WithPatterns();
        var state = new ImportState(file, graph) { LimitsWeights = options.LimitWeights };
        foreach ((string name, Constant constant) in graph.Constants)
        {
            state.Define(name, new ConstantOperand(constant));
        }

        InputShapes.Add(state, graph, options);
        Translation.Run(state, graph);
        List<DraftNode> outputs = Outputs(state, graph);
        List<DraftNode> live = Live(state.Draft, outputs, graph);
        ModelMetadata? metadata = OnnxMetadata.Read(file.Model, file.Name, file.Limits);
        bool mayNormalize = metadata is null || file.Model.MetadataProps.Any(entry => entry.Key == OnnxMetadata.InGraphKey);
        Normalization? normalization = mayNormalize && !outputs.Any(output => output.Op is Affine) ? InputNormalization.TakeOut(state, live) : null;
        ModelMetadata known = metadata ?? ModelMetadata.None.After(Step(file));
        Preprocessing? preprocessing = known.Preprocessing ?? (normalization is null ? null : new Preprocessing { Normalization = normalization });
        return new OnnxImport(Build(state, live, outputs).With(known with { Preprocessing = preprocessing }), state.Notes);
    }

    /// <summary>The lineage of a network of another program.</summary>
    private static LineageEntry Step(OnnxFile file)
    {
        string producer = OnnxFile.Shown($"{file.Model.ProducerName} {file.Model.ProducerVersion}".Trim());
        var from = new LineageSetting("from", OnnxFile.Shown(file.Name));
        return new LineageEntry("import", producer.Length == 0 ? [from] : [from, new("producer", producer)], []);
    }

    private static Model Build(ImportState state, List<DraftNode> live, List<DraftNode> outputs)
    {
        Dictionary<DraftNode, string> names = NodeNames.Of(live, state.File.Limits.NameLength);
        var nodes = new List<Node>();
        var parameters = new Dictionary<string, Parameter>(StringComparer.Ordinal);
        var owners = new Dictionary<string, (DraftNode Draft, Node Node)>(StringComparer.Ordinal);
        QuantizedConstants.Finish(state, live, draft => names[draft]);
        foreach (DraftNode draft in live)
        {
            var node = new Node(names[draft], draft.Op, ValueList.From(draft.Inputs.Select(input => names[input])));
            string key = string.Join('\n', draft.Constants.Select(constant => constant.Name));
            if (draft.IsShareable && owners.TryGetValue(key, out (DraftNode Draft, Node Node) owner) && AreSame(draft, owner.Draft))
            {
                nodes.Add(node with { Parameters = owner.Node.Parameters });
                continue;
            }

            nodes.Add(node);
            foreach (ParameterSpec spec in draft.Op.Parameters)
            {
                parameters.Add(node.Parameter(spec.Role), new Parameter(draft.Values[spec.Role]) { Trainable = !spec.IsBuffer });
            }

            if (draft.IsShareable && draft.Constants.Count > 0)
            {
                owners.TryAdd(key, (draft, node));
            }
        }

        var graph = new Graph(nodes, ValueList.From(outputs.Select(output => names[output])));
        return new Model(graph, Parameters.From(parameters), ModelMetadata.None);
    }

    private static bool AreSame(DraftNode a, DraftNode b) =>
        a.Op.Parameters == b.Op.Parameters && a.Op.Type == b.Op.Type && a.Values.All(value => b.Values.TryGetValue(value.Key, out Tensor? other) && value.Value.BitEquals(other));

    private static List<DraftNode> Outputs(ImportState state, OnnxGraph graph)
    {
        var outputs = new List<DraftNode>();
        foreach (string name in graph.Outputs)
        {
            if (state.Operand(name) is not ValueOperand value)
            {
                throw state.File.Malformed($"its output '{OnnxFile.Shown(name)}' is a constant");
            }

            DraftNode node = Output(state, graph, name, value);
            if (node.Op is Input)
            {
                throw state.File.Malformed($"its output '{OnnxFile.Shown(name)}' is its input");
            }

            if (outputs.Contains(node))
            {
                state.Note($"The output '{OnnxFile.Shown(name)}' equals another one and is left out.");
                continue;
            }

            outputs.Add(node);
        }

        return outputs;
    }

    private static DraftNode Output(ImportState state, OnnxGraph graph, string name, ValueOperand value)
    {
        OnnxNode writer = graph.Nodes.FirstOrDefault(node => node.Outputs.Contains(name)) ?? throw state.File.Malformed($"its output '{OnnxFile.Shown(name)}' is its input");
        try
        {
            DraftNode node = ValueNodes.Node(state, value.Expression);
            if (value.View.Rank <= 2 && ValueNodes.IsVector(value.View, node.Shape))
            {
                return ValueNodes.Vector(state, writer, value);
            }

            AxisView natural = AxisView.Natural(node.Shape);
            if (AxisView.Joined(value.View.Dims).SequenceEqual(AxisView.Joined(natural.Dims)))
            {
                return node;
            }

            if (value.View.Rank == 4 && value.View.Equals(natural.Rank == 4 ? natural.Transpose([0, 2, 3, 1]) : natural))
            {
                state.Note($"The file's output '{OnnxFile.Shown(name)}' has the order height x width x channels; here it is channels x height x width.");
                return node;
            }

            return ValueNodes.Map(state, writer, value);
        }
        catch (UnsupportedNodeException error)
        {
            throw new MalformedInputException(state.File.Name, null, $"its output '{OnnxFile.Shown(name)}', a tensor of {value.View}, cannot be an output here: {error.Message}") { IsUnsupportedKind = true };
        }
    }

    /// <summary>The nodes that the outputs depend on, in the order of the file's nodes; an activation is written only when something reads it.</summary>
    private static List<DraftNode> Live(NetworkDraft draft, List<DraftNode> outputs, OnnxGraph graph)
    {
        HashSet<DraftNode> reached = [.. outputs];
        foreach (DraftNode node in Enumerable.Reverse(draft.Nodes))
        {
            if (reached.Contains(node))
            {
                reached.UnionWith(node.Inputs);
            }
        }

        var order = graph.Nodes.Select((node, i) => KeyValuePair.Create(node, i)).ToDictionary();
        return [.. draft.Nodes.Where(reached.Contains).OrderBy(node => node.Source is null ? -1 : order[node.Source])];
    }
}
