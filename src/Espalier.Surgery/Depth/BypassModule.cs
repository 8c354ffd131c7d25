using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Surgery;

/// <summary>A scope with one input and one output, which can therefore be bypassed.</summary>
/// <param name="Scope">Its name.</param>
/// <param name="Input">The value it reads.</param>
/// <param name="Output">The node of it that others read.</param>
internal sealed record BypassModule(string Scope, string Input, string Output)
{
    /// <summary>The modules that patterns mean, in the graph's order.</summary>
    /// <exception cref="GraphException">A pattern means nothing, or a module has not one input and one output.</exception>
    internal static IReadOnlyList<BypassModule> Find(Graph graph, ValueList<string> patterns)
    {
        string[] all = [.. graph.Nodes.SelectMany(node => Scopes(node.Name)).Distinct()];
        var found = new List<BypassModule>();
        foreach (string pattern in patterns)
        {
            // What a pattern means is a module as a whole; what lies in it matches as well, and is not meant.
            string[] scopes = [.. all.Where(scope => ScopePattern.Matches(pattern, scope) && !ScopePattern.Matches(pattern, ScopeName.Parent(scope)))];
            if (scopes.Length == 0)
            {
                GraphException.Throw(pattern, $"no such scope in the network; its outermost are {string.Join(", ", all.Where(scope => ScopeName.Parent(scope).Length == 0))}");
            }

            found.AddRange(scopes.Select(scope => Read(graph, scope)));
        }

        return [.. found.Distinct().OrderBy(module => graph.Nodes.IndexOf(graph[module.Output])).ThenByDescending(module => module.Scope.Length)];
    }

    private static BypassModule Read(Graph graph, string scope)
    {
        HashSet<string> inside = new(graph.InScope(scope).Select(node => node.Name), StringComparer.Ordinal);
        string[] inputs = [.. inside.SelectMany(name => graph[name].Inputs).Where(input => !inside.Contains(input)).Distinct()];
        string[] outputs = [.. inside.Where(name => graph.Outputs.Contains(name) || graph.UsersOf(name).Any(user => !inside.Contains(user.Name)))];
        if (inputs.Length != 1 || outputs.Length != 1 || inside.Any(name => graph[name].Op is Input))
        {
            GraphException.Throw(scope, $"expected a part with one input and one output to bypass, found the inputs [{string.Join(", ", inputs)}] and the outputs [{string.Join(", ", outputs)}]");
        }

        return new BypassModule(scope, inputs[0], outputs[0]);
    }

    private static IEnumerable<string> Scopes(string name)
    {
        for (; name.Length > 0; name = ScopeName.Parent(name))
        {
            yield return name;
        }
    }
}
