using Espalier.Onnx.Proto;
using Espalier.Tensors;

namespace Espalier.Onnx;

/// <summary>The graph of an ONNX file: nodes in topological order, without functions, with the tensors that they read.</summary>
internal sealed class OnnxGraph
{
    private const string Standard = "ai.onnx";
    private const long OldestOpset = 7;
    private const long NewestOpset = 22;
    private const long OldestIr = 3;
    private const long NewestIr = 10;

    private readonly OnnxFile _file;

    private OnnxGraph(OnnxFile file, List<OnnxNode> nodes, Dictionary<string, Constant> constants)
    {
        (_file, Constants) = (file, constants);
        Nodes = Needed(nodes, file);
        GraphProto graph = file.Model.Graph;
        Opset = OpsetOf(file.Model);
        Inputs = [.. graph.Input.Where(input => !constants.ContainsKey(input.Name))];
        Outputs = [.. graph.Output.Select(output => output.Name)];
    }

    /// <summary>The nodes, each after those whose outputs it reads.</summary>
    internal IReadOnlyList<OnnxNode> Nodes { get; }

    /// <summary>The initializers by name, read when they are used.</summary>
    internal Dictionary<string, Constant> Constants { get; }

    /// <summary>The inputs that are no initializers; files of IR version 3 list these as inputs too.</summary>
    internal IReadOnlyList<ValueInfoProto> Inputs { get; }

    /// <summary>The names of the outputs.</summary>
    internal IReadOnlyList<string> Outputs { get; }

    /// <summary>The version of the standard operator set.</summary>
    internal long Opset { get; }

    /// <summary>Reads and checks a file's graph.</summary>
    /// <exception cref="MalformedInputException">The graph violates the format: a name twice, a missing value, a cycle, or versions that are not known.</exception>
    internal static OnnxGraph Of(OnnxFile file)
    {
        RequireVersions(file);
        Dictionary<string, Constant> constants = Initializers(file);
        List<OnnxNode> nodes = NodeOrder.Sort(QuantizedOperators.AsPairs(FunctionInlining.Nodes(file), OpsetOf(file.Model)), file, [.. constants.Keys, .. file.Model.Graph.Input.Select(input => input.Name)]);
        TakeConstants(nodes, constants, file);
        if (constants.Values.Sum(constant => (double)constant.Count * sizeof(float)) > file.Limits.TensorBytes)
        {
            throw file.Malformed($"its tensors take more than the limit of {file.Limits.TensorBytes:N0} bytes");
        }

        var graph = new OnnxGraph(file, nodes, constants);
        HashSet<string> known = [.. constants.Keys, .. graph.Inputs.Select(input => input.Name), .. nodes.SelectMany(node => node.Outputs)];
        if (graph.Outputs.Count == 0)
        {
            throw file.Malformed("its graph has no outputs");
        }

        return graph.Outputs.FirstOrDefault(output => !known.Contains(output)) is string unknown ? throw file.Malformed($"its output '{OnnxFile.Shown(unknown)}' is computed by no node") : graph;
    }

    /// <summary>The graph with the patterns of several nodes as one, without the nodes that are not needed any more.</summary>
    internal OnnxGraph WithPatterns() => new(_file, NormPattern.Apply(Nodes, Constants), Constants);

    /// <summary>The version of the standard operator set; that of version 1 of the format where none is given.</summary>
    internal static long OpsetOf(ModelProto model) => model.OpsetImport.LastOrDefault(set => set.Domain is "" or Standard)?.Version ?? 1;

    /// <summary>The nodes that an output depends on.</summary>
    private static List<OnnxNode> Needed(List<OnnxNode> nodes, OnnxFile file)
    {
        HashSet<string> needed = [.. file.Model.Graph.Output.Select(output => output.Name)];
        var kept = new List<OnnxNode>();
        foreach (OnnxNode node in Enumerable.Reverse(nodes).Where(node => node.Outputs.Any(needed.Contains)))
        {
            needed.UnionWith(node.Inputs);
            kept.Add(node);
        }

        kept.Reverse();
        return kept;
    }

    /// <summary>Turns Constant nodes into constants; those with a sparse tensor or a text stay.</summary>
    private static void TakeConstants(List<OnnxNode> nodes, Dictionary<string, Constant> constants, OnnxFile file) => nodes.RemoveAll(node =>
    {
        if (node is not { Op: "Constant", Domain: "", Outputs.Count: 1 } || node.Attributes.FirstOrDefault() is not (string name, AttributeProto attribute))
        {
            return false;
        }

        Constant? constant = name switch
        {
            "value" when attribute.T is not null => Constant.Of(attribute.T, file).Named(node.Outputs[0]),
            "value_float" => new Constant([], ConstantKind.Real, [new Element(attribute.F)]),
            "value_int" => new Constant([], ConstantKind.Integer, [new Element(attribute.I)]),
            "value_floats" => new Constant([attribute.Floats.Count], ConstantKind.Real, [.. attribute.Floats.Select(value => new Element(value))]),
            "value_ints" => new Constant([attribute.Ints.Count], ConstantKind.Integer, [.. attribute.Ints.Select(value => new Element(value))]),
            _ => null,
        };
        return constant is not null && constants.TryAdd(node.Outputs[0], constant);
    });

    private static void RequireVersions(OnnxFile file)
    {
        ModelProto model = file.Model;
        if (model.IrVersion is < OldestIr or > NewestIr)
        {
            throw Unsupported(file, $"it is of IR version {model.IrVersion}; versions {OldestIr} to {NewestIr} are read");
        }

        if (OpsetOf(model) is < OldestOpset or > NewestOpset)
        {
            throw Unsupported(file, $"it uses operator set {OpsetOf(model)}; sets {OldestOpset} to {NewestOpset} are read: export it with one of these, or convert it with onnx.version_converter");
        }
    }

    private static MalformedInputException Unsupported(OnnxFile file, string reason) => new(file.Name, null, reason) { IsUnsupportedKind = true };

    private static Dictionary<string, Constant> Initializers(OnnxFile file)
    {
        GraphProto graph = file.Model.Graph;
        if (graph.SparseInitializer.Count > 0)
        {
            throw Unsupported(file, $"its weight '{OnnxFile.Shown(graph.SparseInitializer[0].Values?.Name ?? "")}' is stored as a sparse tensor; export it with dense weights");
        }

        if (graph.Initializer.Count > file.Limits.TensorCount)
        {
            throw file.Malformed($"it has {graph.Initializer.Count:N0} tensors, more than the limit of {file.Limits.TensorCount:N0}");
        }

        var constants = new Dictionary<string, Constant>(StringComparer.Ordinal);
        foreach (TensorProto tensor in graph.Initializer)
        {
            if (!constants.TryAdd(tensor.Name, Constant.Of(tensor, file)))
            {
                throw file.Malformed($"two tensors have the name '{OnnxFile.Shown(tensor.Name)}'");
            }
        }

        return constants;
    }
}
