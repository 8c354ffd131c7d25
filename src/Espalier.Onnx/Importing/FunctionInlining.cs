using Espalier.Onnx.Proto;

namespace Espalier.Onnx;

/// <summary>Puts the nodes of a file's own functions in the place of the nodes that call them.</summary>
internal sealed class FunctionInlining
{
    private readonly Dictionary<(string Domain, string Name), FunctionProto> _functions = [];
    private readonly OnnxFile _file;
    private readonly List<OnnxNode> _nodes = [];
    private int _calls;

    private FunctionInlining(OnnxFile file)
    {
        _file = file;
        foreach (FunctionProto function in file.Model.Functions)
        {
            _functions[(Domain(function.Domain), function.Name)] = function;
        }
    }

    /// <summary>All nodes of a file's graph, in the file's order.</summary>
    /// <exception cref="Tensors.MalformedInputException">Functions call each other in a circle or too deeply, or there are more nodes than the limit.</exception>
    internal static List<OnnxNode> Nodes(OnnxFile file)
    {
        var inlining = new FunctionInlining(file);
        foreach (NodeProto node in file.Model.Graph.Node)
        {
            inlining.Add(new OnnxNode(node.OpType, node.Domain, node.Name, node.Input, node.Output, node.Attribute), 0);
        }

        return inlining._nodes;
    }

    private void Add(OnnxNode node, int depth)
    {
        if (!_functions.TryGetValue((node.Domain, node.Op), out FunctionProto? function))
        {
            if (_nodes.Count == _file.Limits.GraphNodes)
            {
                throw _file.Malformed($"it has more than {_file.Limits.GraphNodes:N0} nodes, the limit");
            }

            _nodes.Add(node);
            return;
        }

        if (depth == _file.Limits.Depth || ++_calls > _file.Limits.GraphNodes)
        {
            throw _file.Malformed($"its function '{OnnxFile.Shown(function.Name)}' is called from functions more deeply or more often than the limit");
        }

        string prefix = $"{(node.Name.Length > 0 ? node.Name : node.Op)}~{_calls}/";
        var names = new Dictionary<string, string>(StringComparer.Ordinal) { [""] = "" };
        Bind(names, function.Input, node.Inputs);
        Bind(names, function.Output, node.Outputs);
        foreach (NodeProto inner in function.Node)
        {
            Add(
                new OnnxNode(
                    inner.OpType,
                    inner.Domain,
                    node.Name.Length > 0 && inner.Name.Length > 0 ? $"{node.Name}/{inner.Name}" : $"{node.Name}{inner.Name}",
                    [.. inner.Input.Select(name => Renamed(name))],
                    [.. inner.Output.Select(name => Renamed(name))],
                    Attributes(inner, node, function)),
                depth + 1);
        }

        string Renamed(string name) => names.TryGetValue(name, out string? known) ? known : names[name] = prefix + name;
    }

    private static void Bind(Dictionary<string, string> names, IReadOnlyList<string> formal, IReadOnlyList<string> actual)
    {
        for (int i = 0; i < formal.Count; i++)
        {
            string name = i < actual.Count ? actual[i] : "";
            if (formal[i].Length > 0 && (name.Length > 0 || !names.ContainsKey(formal[i])))
            {
                names[formal[i]] = name;
            }
        }
    }

    /// <summary>A node's attributes, those that refer to the function's replaced by the call's or the function's default.</summary>
    private static IEnumerable<AttributeProto> Attributes(NodeProto inner, OnnxNode call, FunctionProto function)
    {
        foreach (AttributeProto attribute in inner.Attribute)
        {
            if (!attribute.HasRefAttrName || attribute.RefAttrName.Length == 0)
            {
                yield return attribute;
            }
            else if ((call.Find(attribute.RefAttrName) ?? function.AttributeProto.FirstOrDefault(known => known.Name == attribute.RefAttrName)) is { } value)
            {
                AttributeProto bound = value.Clone();
                bound.Name = attribute.Name;
                yield return bound;
            }
        }
    }

    private static string Domain(string domain) => domain == "ai.onnx" ? "" : domain;
}
