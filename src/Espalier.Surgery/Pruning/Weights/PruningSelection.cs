using Espalier.Graphs;

namespace Espalier.Surgery;

/// <summary>Selects the parameters to prune.</summary>
internal static class PruningSelection
{
    internal static IReadOnlyList<string> Of(Model model, WeightPruning request)
    {
        string[] scopes = [.. request.Scopes];
        string[] exclude = [.. request.Exclude];
        (string Name, Node Node, ParameterSpec Spec)[] all = [.. Candidates(model.Graph)];
        foreach (string pattern in scopes.Concat(exclude))
        {
            if (!all.Any(one => ScopePattern.Matches(pattern, one.Name)))
            {
                IEnumerable<string> known = all.SelectMany(one => (string[])[one.Node.Name, one.Name]).Distinct();
                throw new PruningException(pattern, "matches no parameter" + Describe(pattern, known));
            }
        }

        if (request.Target is NamedTarget { Shares.Count: > 0 } named)
        {
            Dictionary<string, double> shares = Shares(all, named, request);
            return [.. all.Select(one => one.Name).Distinct().Where(name => shares.GetValueOrDefault(name) > 0
                && !exclude.Any(pattern => ScopePattern.Matches(pattern, name))
                && (scopes.Length == 0 || scopes.Any(scope => ScopePattern.Matches(scope, name))))];
        }

        string[] chosen = [.. all.Where(one => !exclude.Any(pattern => ScopePattern.Matches(pattern, one.Name))
            && (scopes.Length == 0 ? IsPrunedByDefault(model.Graph, one.Node, one.Spec, request) : scopes.Any(scope => IsMeant(model.Graph, scope, one.Node, one.Name, one.Spec, request))))
            .Select(one => one.Name).Distinct()];
        return chosen.Length > 0
            ? chosen
            : throw new PruningException(scopes.Length == 0 ? "the network" : string.Join(' ', scopes), "no parameters to prune: the stem, depthwise convolutions, the classifier, norms and biases are not pruned unless they are named in full or included");
    }

    private static Dictionary<string, double> Shares(IReadOnlyCollection<(string Name, Node Node, ParameterSpec Spec)> all, NamedTarget named, WeightPruning request)
    {
        if (request.IsGlobal || request.Distribution != AmountDistribution.Uniform || request.Pattern == WeightPattern.TwoOfFour)
        {
            throw new PruningException("amounts of layers", "each layer is ranked separately and loses its own fraction, so global ranking, a distribution and the pattern 2:4 are not possible");
        }

        var names = all.Select(one => one.Name).ToHashSet(StringComparer.Ordinal);
        return NamedAmounts.Of(named.Shares, names.Contains, name => all.FirstOrDefault(one => one.Node.Name == name).Name is string own
            ? $"is a layer, expected a parameter such as {own}, or channel pruning"
            : "no such parameter" + SimilarNames.Suggest(name, names));
    }

    private static string Describe(string pattern, IEnumerable<string> known)
    {
        string suggestion = SimilarNames.Suggest(pattern, known);
        return suggestion.Length > 0 ? suggestion : $"; the network has {string.Join(", ", known.Take(3))}, …";
    }

    private static IEnumerable<(string Name, Node Node, ParameterSpec Spec)> Candidates(Graph graph) =>
        graph.Nodes.SelectMany(node => node.Op.Parameters.Select((spec, i) => (node.Parameters[i], node, spec))).Where(one => !one.spec.IsBuffer);

    private static bool IsMeant(Graph graph, string scope, Node node, string name, ParameterSpec spec, WeightPruning request) =>
        scope == name
        || (scope == node.Name && spec.Role == "weight")
        || (ScopePattern.Matches(scope, name) && IsPrunedByDefault(graph, node, spec, request));

    private static bool IsPrunedByDefault(Graph graph, Node node, ParameterSpec spec, WeightPruning request)
    {
        bool isDepthwise = node.Op is Conv2d { Groups: > 1 } conv && conv.Groups == conv.InChannels;
        return node.Op is Conv2d or Linear && spec.Role == "weight"
            && (request.IncludesDepthwise || !isDepthwise)
            && (request.IncludesStem || !IsStem(graph, node))
            && (request.IncludesClassifier || !IsClassifier(graph, node));
    }

    private static bool IsStem(Graph graph, Node node)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        bool Above(string name) => seen.Add(name) && (graph[name].Op is Conv2d or Linear || graph[name].Inputs.Any(Above));
        return node.Op is Conv2d && !node.Inputs.Any(Above);
    }

    private static bool IsClassifier(Graph graph, Node node)
    {
        while (graph.HasSingleUse(node.Name) && !graph.Outputs.Contains(node.Name))
        {
            node = graph.UsersOf(node.Name)[0];
            if (node.Op is Conv2d or Linear or Add or Concat)
            {
                return false;
            }
        }

        return graph.Outputs.Contains(node.Name);
    }
}
