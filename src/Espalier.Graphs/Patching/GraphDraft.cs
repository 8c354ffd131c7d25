using Espalier.Tensors;

namespace Espalier.Graphs;

/// <summary>A graph being changed: the only mutable form, used only between two valid graphs.</summary>
internal sealed class GraphDraft
{
    private readonly Dictionary<string, Node> _nodes = new(StringComparer.Ordinal);
    private readonly List<string> _order = [];
    private readonly Dictionary<string, string> _redirects = new(StringComparer.Ordinal);
    private readonly HashSet<string> _parameters = new(StringComparer.Ordinal);
    private ValueList<string> _outputs;

    internal GraphDraft(Graph graph)
    {
        _outputs = graph.Outputs;
        foreach (Node node in graph.Nodes)
        {
            _nodes.Add(node.Name, node);
            _order.Add(node.Name);
            _parameters.UnionWith(node.Parameters);
        }
    }

    internal void Apply(Patch patch)
    {
        // The patch was made against the original graph: follow the redirects of earlier patches.
        foreach (Node node in patch.Nodes)
        {
            Put(node with { Inputs = ValueList.From(node.Inputs.Select(Resolve)) }, patch);
        }

        HashSet<string> own = new(patch.Nodes.Select(node => node.Name), StringComparer.Ordinal);
        foreach ((string from, string to) in patch.Redirects)
        {
            Redirect(from, to, own, patch);
        }

        foreach ((string from, string to) in patch.ReplacedOutputs)
        {
            ReplaceOutput(Resolve(from), Resolve(to), patch);
        }

        foreach (string name in patch.RemovedOutputs)
        {
            RemoveOutput(Resolve(name), patch);
        }

        foreach ((string name, _) in patch.Parameters)
        {
            if (!_parameters.Contains(name))
            {
                GraphException.Throw(name, $"patch '{patch.Reason}' sets it, but no node has such a parameter");
            }
        }
    }

    internal Graph Build() => new(WithoutDeadNodes(), _outputs);

    /// <summary>The node that readers of <paramref name="name"/> now read. Redirects only lead from roots to roots, so there are no cycles.</summary>
    private string Resolve(string name)
    {
        while (_redirects.TryGetValue(name, out string? next))
        {
            name = next;
        }

        return name;
    }

    private void Put(Node node, Patch patch)
    {
        _parameters.UnionWith(node.Parameters);
        if (_nodes.TryAdd(node.Name, node))
        {
            _order.Insert(PlaceOf(node), node.Name);
            return;
        }

        if (_redirects.ContainsKey(node.Name) && !IsRead(node.Name))
        {
            GraphException.Throw(node.Name, $"patch '{patch.Reason}' replaces it, but an earlier patch removed it");
        }

        _nodes[node.Name] = node;
    }

    /// <summary>The position after the last of a new node's inputs, so that it is executed and shown there.</summary>
    private int PlaceOf(Node node)
    {
        int last = _order.FindLastIndex(node.Inputs.Contains);
        return last < 0 ? _order.Count : last + 1;
    }

    private bool IsRead(string name) => _outputs.Contains(name) || _nodes.Values.Any(node => node.Inputs.Contains(name));

    private void Redirect(string from, string to, HashSet<string> except, Patch patch)
    {
        (string source, string target) = (Resolve(from), Resolve(to));
        if (!_nodes.ContainsKey(source))
        {
            GraphException.Throw(source, $"patch '{patch.Reason}' redirects it, but there is no such node");
        }

        if (source == target)
        {
            GraphException.Throw(from, $"patch '{patch.Reason}' redirects it to itself");
        }

        _redirects[source] = target;
        string Swap(string name) => name == source ? target : name;
        foreach (string name in _order)
        {
            Node node = _nodes[name];
            if (!except.Contains(name) && node.Inputs.Contains(source))
            {
                _nodes[name] = node with { Inputs = ValueList.From(node.Inputs.Select(Swap)) };
            }
        }

        _outputs = ValueList.From(_outputs.Select(Swap));
    }

    private void ReplaceOutput(string from, string to, Patch patch)
    {
        RequireOutput(from, patch);
        if (!_nodes.ContainsKey(to))
        {
            GraphException.Throw(to, $"patch '{patch.Reason}' makes it an output, but there is no such node");
        }

        _outputs = ValueList.From(_outputs.Select(output => output == from ? to : output));
    }

    private void RemoveOutput(string name, Patch patch)
    {
        RequireOutput(name, patch);
        _outputs = ValueList.From(_outputs.Where(output => output != name));
    }

    private void RequireOutput(string name, Patch patch)
    {
        if (!_outputs.Contains(name))
        {
            GraphException.Throw(name, $"patch '{patch.Reason}' takes it from the outputs, but it is none");
        }
    }

    private IEnumerable<Node> WithoutDeadNodes()
    {
        var alive = new HashSet<string>(StringComparer.Ordinal);
        var pending = new Stack<string>(_outputs);
        while (pending.TryPop(out string? name))
        {
            if (alive.Add(name) && _nodes.TryGetValue(name, out Node? node))
            {
                foreach (string input in node.Inputs)
                {
                    pending.Push(input);
                }
            }
        }

        return _order.Where(alive.Contains).Select(name => _nodes[name]);
    }
}
