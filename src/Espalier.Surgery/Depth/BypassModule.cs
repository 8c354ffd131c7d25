using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Surgery;

/// <summary>A scope with one input and one output, which can therefore be bypassed.</summary>
/// <param name="Scope">The scope's name.</param>
/// <param name="Input">The value that the scope reads.</param>
/// <param name="Output">The node of the scope that nodes outside it read.</param>
internal sealed record BypassModule(string Scope, string Input, string Output)
{
    /// <summary>The modules whose names match one of the patterns, in graph order.</summary>
    /// <exception cref="GraphException">A pattern matches no scope, or a module does not have exactly one input and one output.</exception>
    internal static IReadOnlyList<BypassModule> Find(Graph graph, ValueList<string> patterns)
    {
        string[] all = [.. graph.Nodes.SelectMany(node => Scopes(node.Name)).Distinct()];
        var found = new List<BypassModule>();
        foreach (string pattern in patterns)
        {
            // A pattern also matches the scopes within the module that it selects; only the outermost match is the module.
            string[] scopes = [.. all.Where(scope => ScopePattern.Matches(pattern, scope) && !ScopePattern.Matches(pattern, ScopeName.Parent(scope)))];
            if (scopes.Length == 0)
            {
                GraphException.Throw(pattern, $"no such scope in the network; the outermost scopes are {string.Join(", ", all.Where(scope => ScopeName.Parent(scope).Length == 0))}");
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
            GraphException.Throw(scope, $"expected a scope with one input and one output to bypass, found the inputs [{string.Join(", ", inputs)}] and the outputs [{string.Join(", ", outputs)}]");
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
