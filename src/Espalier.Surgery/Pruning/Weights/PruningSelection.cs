using Espalier.Graphs;

namespace Espalier.Surgery;

/// <summary>Which parameters a pruning is of.</summary>
internal static class PruningSelection
{
    internal static IReadOnlyList<string> Of(Model model, in WeightPruningOptions options)
    {
        string[] scopes = [.. options.Scopes];
        string[] exclude = [.. options.Exclude];
        (string Name, Node Node, ParameterSpec Spec)[] all = [.. Candidates(model.Graph)];
        foreach (string pattern in scopes.Concat(exclude))
        {
            if (!all.Any(one => ScopePattern.Matches(pattern, one.Name)))
            {
                IEnumerable<string> known = all.SelectMany(one => (string[])[one.Node.Name, one.Name]).Distinct();
                throw new PruningException(pattern, "matches no parameter" + Describe(pattern, known));
            }
        }

        WeightPruningOptions asked = options;
        if (asked.Amounts.Count > 0)
        {
            Dictionary<string, double> shares = Shares(all, asked);
            return [.. all.Select(one => one.Name).Distinct().Where(name => shares.GetValueOrDefault(name) > 0
                && !exclude.Any(pattern => ScopePattern.Matches(pattern, name))
                && (scopes.Length == 0 || scopes.Any(scope => ScopePattern.Matches(scope, name))))];
        }

        string[] chosen = [.. all.Where(one => !exclude.Any(pattern => ScopePattern.Matches(pattern, one.Name))
            && (scopes.Length == 0 ? IsPrunedByDefault(model.Graph, one.Node, one.Spec, asked) : scopes.Any(scope => IsMeant(model.Graph, scope, one.Node, one.Name, one.Spec, asked))))
            .Select(one => one.Name).Distinct()];
        return chosen.Length > 0
            ? chosen
            : throw new PruningException(scopes.Length == 0 ? "the network" : string.Join(' ', scopes), "nothing to prune: stem, depthwise convolutions, classifier, norms and biases are left out unless they are named in full or included");
    }

    private static Dictionary<string, double> Shares(IReadOnlyCollection<(string Name, Node Node, ParameterSpec Spec)> all, in WeightPruningOptions options)
    {
        if (options.Amount != default || options.IsGlobal || options.Distribution != AmountDistribution.Uniform || options.Pattern == WeightPattern.TwoOfFour)
        {
            throw new PruningException("amounts of layers", "each layer is ranked alone and loses its own share, so neither another amount, nor global ranking, nor a distribution, nor the pattern 2:4 goes with them");
        }

        var names = all.Select(one => one.Name).ToHashSet(StringComparer.Ordinal);
        return NamedShares.Of(options.Amounts, names.Contains, name => all.FirstOrDefault(one => one.Node.Name == name).Name is string own
            ? $"is a layer and no parameter: {own} would work, or pruning channels"
            : "no such parameter" + NearMatches.Suggest(name, names));
    }

    private static string Describe(string pattern, IEnumerable<string> known)
    {
        string suggestion = NearMatches.Suggest(pattern, known);
        return suggestion.Length > 0 ? suggestion : $"; the network has {string.Join(", ", known.Take(3))}, …";
    }

    private static IEnumerable<(string Name, Node Node, ParameterSpec Spec)> Candidates(Graph graph) =>
        graph.Nodes.SelectMany(node => node.Op.Parameters.Select((spec, i) => (node.Parameters[i], node, spec))).Where(one => !one.spec.IsBuffer);

    private static bool IsMeant(Graph graph, string scope, Node node, string name, ParameterSpec spec, in WeightPruningOptions options) =>
        scope == name
        || (scope == node.Name && spec.Role == "weight")
        || (ScopePattern.Matches(scope, name) && IsPrunedByDefault(graph, node, spec, options));

    private static bool IsPrunedByDefault(Graph graph, Node node, ParameterSpec spec, in WeightPruningOptions options)
    {
        bool isDepthwise = node.Op is Conv2d { Groups: > 1 } conv && conv.Groups == conv.InChannels;
        return node.Op is Conv2d or Linear && spec.Role == "weight"
            && (options.IncludesDepthwise || !isDepthwise)
            && (options.IncludesStem || !IsStem(graph, node))
            && (options.IncludesClassifier || !IsClassifier(graph, node));
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
