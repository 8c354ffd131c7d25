using System.Text;
using Espalier.Onnx.Proto;

namespace Espalier.Onnx;

/// <summary>A node of an ONNX graph, with its attributes by name.</summary>
internal sealed class OnnxNode
{
    private readonly Dictionary<string, AttributeProto> _attributes = new(StringComparer.Ordinal);

    /// <summary>Creates a node; of an attribute given twice, the last one counts.</summary>
    internal OnnxNode(string op, string domain, string name, IReadOnlyList<string> inputs, IReadOnlyList<string> outputs, IEnumerable<AttributeProto> attributes)
        : this(op, domain, name, inputs, outputs, attributes.Select(attribute => KeyValuePair.Create(attribute.Name, attribute))) { }

    /// <summary>Creates a node with attributes under names that need not be those that they have in the file.</summary>
    internal OnnxNode(string op, string domain, string name, IReadOnlyList<string> inputs, IReadOnlyList<string> outputs, IEnumerable<KeyValuePair<string, AttributeProto>> attributes)
    {
        (Op, Domain, Name, Inputs, Outputs) = (op, domain is "ai.onnx" ? "" : domain, name, inputs, outputs);
        foreach ((string key, AttributeProto attribute) in attributes)
        {
            _attributes[key] = attribute;
        }
    }

    /// <summary>The op's name, such as <c>Conv</c>.</summary>
    internal string Op { get; }

    /// <summary>The operator set; empty for the standard one.</summary>
    internal string Domain { get; }

    /// <summary>The node's name; may be empty.</summary>
    internal string Name { get; }

    /// <summary>The names of the values that it reads; an absent optional one is empty.</summary>
    internal IReadOnlyList<string> Inputs { get; }

    /// <summary>The names of the values that it computes; one that is not used may be empty.</summary>
    internal IReadOnlyList<string> Outputs { get; }

    /// <summary>The attributes by name.</summary>
    internal IReadOnlyDictionary<string, AttributeProto> Attributes => _attributes;

    /// <summary>The op with its operator set, as messages show it.</summary>
    internal string FullOp => OnnxFile.Shown(Domain.Length == 0 ? Op : $"{Domain}.{Op}");

    /// <summary>The name as messages show it: that of the first output where the node has none.</summary>
    internal string Shown => OnnxFile.Shown(Name.Length > 0 ? Name : Outputs.Count > 0 ? Outputs[0] : "");

    /// <summary>Whether the node has an input at an index.</summary>
    internal bool HasInput(int index) => index < Inputs.Count && Inputs[index].Length > 0;

    /// <summary>Whether the node has an attribute.</summary>
    internal bool Has(string name) => _attributes.ContainsKey(name);

    /// <summary>An attribute, or <see langword="null"/>.</summary>
    internal AttributeProto? Find(string name) => _attributes.GetValueOrDefault(name);

    /// <summary>An attribute that is an integer.</summary>
    internal long Int(string name, long otherwise) => Find(name) is { } attribute ? attribute.I : otherwise;

    /// <summary>An attribute that is a number.</summary>
    internal double Float(string name, double otherwise) => Find(name) is { } attribute ? attribute.F : otherwise;

    /// <summary>An attribute that is a list of integers, or <see langword="null"/>.</summary>
    internal long[]? Ints(string name) => Find(name) is { } attribute ? [.. attribute.Ints] : null;

    /// <summary>An attribute that is a list of numbers, or <see langword="null"/>.</summary>
    internal double[]? Floats(string name) => Find(name) is { } attribute ? [.. attribute.Floats] : null;

    /// <summary>All numbers of 32-bit floats among the attributes.</summary>
    internal IEnumerable<double> Numbers() => _attributes.Values.SelectMany(attribute => attribute.HasF ? [attribute.F] : attribute.Floats.AsEnumerable()).Select(number => (double)number);

    /// <summary>An attribute that is a text.</summary>
    internal string Text(string name, string otherwise) => Find(name) is { } attribute ? Encoding.UTF8.GetString(attribute.S.Span) : otherwise;

    /// <summary>The node in messages: <c>Conv 'conv1'</c>.</summary>
    public override string ToString() => $"{FullOp} '{Shown}'";
}

/// <summary>A node that cannot be imported, and why. It is caught where the node is translated, so that all such nodes are reported together.</summary>
internal sealed class UnsupportedNodeException(string reason) : Exception(reason);
