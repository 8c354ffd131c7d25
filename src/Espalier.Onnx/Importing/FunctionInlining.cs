using Espalier.Onnx.Proto;

namespace Espalier.Onnx;

/// <summary>Puts the nodes of a file's own functions in the place of the nodes that call them.</summary>
internal sealed class FunctionInlining
{
    private const long MostCharacters = 32 << 20; // of all inlined nodes; those of a network of a thousand layers have less than two million
    private const int PerEntry = 32; // characters that an entry of a table counts as

    private readonly Dictionary<(string Domain, string Name), FunctionProto> _functions = [];
    private readonly OnnxFile _file;
    private readonly List<OnnxNode> _nodes = [];
    private int _calls;
    private long _characters;

    private FunctionInlining(OnnxFile file)
    {
        _file = file;
        foreach (FunctionProto function in file.Model.Functions)
        {
            _functions[(Domain(function.Domain), function.Name)] = function;
        }
    }

    /// <summary>All nodes of a file's graph, in the file's order.</summary>
    /// <exception cref="Tensors.MalformedInputException">Functions call each other in a circle or too deeply, or there are more nodes or names than the limit.</exception>
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

        Charge((long)node.Name.Length + node.Op.Length + function.Input.Count + function.Output.Count);
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
                    Joined(node.Name, inner.Name),
                    [.. inner.Input.Select(Renamed)],
                    [.. inner.Output.Select(Renamed)],
                    Attributes(inner, node, function)),
                depth + 1);
        }

        string Renamed(string name)
        {
            Charge(PerEntry);
            if (!names.TryGetValue(name, out string? known))
            {
                Charge((long)prefix.Length + name.Length);
                names[name] = known = prefix + name;
            }

            return known;
        }
    }

    /// <summary>The name of a function's node behind that of the call; alone, where both together are longer than the limit on names, as which none is kept.</summary>
    private string Joined(string call, string inner)
    {
        bool isShort = (long)call.Length + inner.Length < _file.Limits.NameLength;
        Charge(isShort ? call.Length + inner.Length : 0);
        return call.Length == 0 || !isShort ? inner : inner.Length == 0 ? call : $"{call}/{inner}";
    }

    /// <summary>Counts characters of names, and entries of tables, that calls add to the file.</summary>
    private void Charge(long characters)
    {
        _characters += characters;
        if (_characters > MostCharacters)
        {
            throw _file.Malformed($"its functions, put in the place of the nodes that call them, have more than {MostCharacters:N0} characters of names, the limit");
        }
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
    private IEnumerable<KeyValuePair<string, AttributeProto>> Attributes(NodeProto inner, OnnxNode call, FunctionProto function)
    {
        foreach (AttributeProto attribute in inner.Attribute)
        {
            Charge(PerEntry + (attribute.HasRefAttrName ? function.AttributeProto.Count : 0));
            if (!attribute.HasRefAttrName || attribute.RefAttrName.Length == 0)
            {
                yield return KeyValuePair.Create(attribute.Name, attribute);
            }
            else if ((call.Find(attribute.RefAttrName) ?? function.AttributeProto.FirstOrDefault(known => known.Name == attribute.RefAttrName)) is { } value)
            {
                yield return KeyValuePair.Create(attribute.Name, value);
            }
        }
    }

    private static string Domain(string domain) => domain == "ai.onnx" ? "" : domain;
}
