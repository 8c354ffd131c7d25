using System.Text.Json;
using Espalier.Graphs;

namespace Espalier.Formats;

/// <summary>Reads and writes a graph as JSON: its nodes in order, and its outputs.</summary>
internal static class GraphCodec
{
    // More outputs than any network has; a limit, because the graph searches all nodes for each of them.
    private const int MostOutputs = 1000;

    public static void Write(Utf8JsonWriter json, Graph graph)
    {
        json.WriteStartObject();
        json.WriteStartArray("nodes");
        foreach (Node node in graph.Nodes)
        {
            WriteNode(json, node);
        }

        json.WriteEndArray();
        WriteTexts(json, "outputs", graph.Outputs);
        json.WriteEndObject();
    }

    /// <summary>Reads and checks a graph.</summary>
    /// <exception cref="MalformedInputException">The JSON has a different structure, or an op is unknown.</exception>
    /// <exception cref="GraphException">The graph is invalid.</exception>
    public static Graph Read(StrictObject fields, in Limits limits)
    {
        var nodes = new List<Node>();
        foreach (StrictObject node in fields.Objects("nodes"))
        {
            nodes.Add(ReadNode(node));
            if (nodes.Count > limits.GraphNodes)
            {
                throw fields.Error($"has more than {limits.GraphNodes:N0} nodes, the limit");
            }
        }

        ValueList<string> outputs = fields.Texts("outputs");
        fields.End();
        return outputs.Count <= MostOutputs ? new Graph(nodes, outputs) : throw fields.Error($"has {outputs.Count:N0} outputs; the limit is {MostOutputs:N0}");
    }

    internal static void WriteTexts(Utf8JsonWriter json, string name, IEnumerable<string> texts)
    {
        json.WriteStartArray(name);
        foreach (string text in texts)
        {
            json.WriteStringValue(text);
        }

        json.WriteEndArray();
    }

    private static void WriteNode(Utf8JsonWriter json, Node node)
    {
        json.WriteStartObject();
        json.WriteString("name", node.Name);
        json.WriteString("op", node.Op.Kind);
        json.WriteStartObject("attributes");
        OpCodec.Write(node.Op, new OpAttributeWriter(json));
        json.WriteEndObject();
        WriteTexts(json, "inputs", node.Inputs);
        if (node.Parameters != Node.ParametersNamedAfter(node.Name, node.Op))
        {
            WriteTexts(json, "parameters", node.Parameters); // tied to those of another node
        }

        json.WriteEndObject();
    }

    private static Node ReadNode(StrictObject fields)
    {
        string name = fields.Text("name");
        string kind = fields.Text("op");
        StrictObject attributes = fields.Object("attributes");
        Op op = OpCodec.Read(kind, new OpAttributeReader(attributes))
            ?? throw fields.Error($"('{PickleText.Clean(name)}') has the op '{PickleText.Clean(kind)}', which this version does not support");
        attributes.End();
        ValueList<string> inputs = fields.Texts("inputs");
        Node node = fields.Has("parameters") ? new Node(name, op, inputs, fields.Texts("parameters")) : new Node(name, op, inputs);
        fields.End();
        return node;
    }
}
