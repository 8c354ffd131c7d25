namespace Espalier.Graphs;

/// <summary>A graph being changed: the only mutable form, and only between two valid graphs.</summary>
internal sealed class GraphDraft
{
    private readonly Dictionary<string, Node> _nodes = new(StringComparer.Ordinal);
    private readonly List<string> _order = [];
    private readonly Dictionary<string, string> _redirects = new(StringComparer.Ordinal);
    private ValueList<string> _outputs;

    internal GraphDraft(Graph graph)
    {
        _outputs = graph.Outputs;
        foreach (Node node in graph.Nodes)
        {
            Put(node);
        }
    }

    internal void Apply(Patch patch)
    {
        // Its nodes were written against the graph as it was: lead them past what earlier patches redirected.
        foreach (Node node in patch.Nodes)
        {
            Put(node with { Inputs = ValueList.From(node.Inputs.Select(Resolve)) });
        }

        HashSet<string> own = [.. patch.Nodes.Select(node => node.Name)];
        foreach ((string from, string to) in patch.Redirects)
        {
            Redirect(from, Resolve(to), own);
        }
    }

    internal Graph Build() => new(WithoutDeadNodes(), _outputs);

    private string Resolve(string name)
    {
        for (int steps = 0; _redirects.TryGetValue(name, out string? next); steps++)
        {
            if (steps > _redirects.Count)
            {
                GraphException.Throw(name, "patches redirect it in a circle");
            }

            name = next;
        }

        return name;
    }

    private void Put(Node node)
    {
        if (_nodes.TryAdd(node.Name, node))
        {
            _order.Add(node.Name);
        }
        else
        {
            _nodes[node.Name] = node;
        }
    }

    private void Redirect(string from, string to, HashSet<string> except)
    {
        if (from == to)
        {
            GraphException.Throw(from, "is redirected to itself");
        }

        _redirects[from] = to;
        string Swap(string name) => name == from ? to : name;
        foreach (string name in _order)
        {
            Node node = _nodes[name];
            if (!except.Contains(name) && node.Inputs.Contains(from))
            {
                _nodes[name] = node with { Inputs = ValueList.From(node.Inputs.Select(Swap)) };
            }
        }

        _outputs = ValueList.From(_outputs.Select(Swap));
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
