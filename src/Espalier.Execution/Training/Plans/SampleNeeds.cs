using Espalier.Graphs;

namespace Espalier.Execution;

/// <summary>Finds for every node for which samples it is needed, from the output backwards.</summary>
internal sealed class SampleNeeds
{
    private readonly Dictionary<string, SampleNeed> _byKey = new(StringComparer.Ordinal);
    private readonly Dictionary<string, SampleNeed> _byNode = new(StringComparer.Ordinal);

    internal SampleNeeds(Graph graph)
    {
        var terms = new Dictionary<string, List<SampleCondition[]>>(StringComparer.Ordinal) { [graph.Outputs[0]] = [[]] };
        foreach (Node node in graph.Nodes.Reverse())
        {
            if (!terms.TryGetValue(node.Name, out List<SampleCondition[]>? own))
            {
                continue; // leads to another output only
            }

            own = node.Op is Input ? [[]] : Simplified(own);
            _byNode[node.Name] = Shared(own);
            for (int i = 0; i < node.Inputs.Count; i++)
            {
                List<SampleCondition[]> of = terms.TryGetValue(node.Inputs[i], out List<SampleCondition[]>? there) ? there : terms[node.Inputs[i]] = [];
                of.AddRange(own.Select(term => node.Op is StochasticDepth ? With(term, new SampleCondition(node, i)) : term));
            }
        }
    }

    /// <summary>Every need once.</summary>
    internal IReadOnlyCollection<SampleNeed> All => _byKey.Values;

    /// <summary>Works out for which samples of a batch every node is needed.</summary>
    /// <param name="batch">Samples.</param>
    /// <param name="draws">What stochastic depth keeps.</param>
    internal void Update(int batch, DepthDraws draws)
    {
        foreach (SampleNeed need in All)
        {
            need.Update(batch, draws);
        }
    }

    /// <summary>The need of a node that leads to the output; <see langword="null"/> for others.</summary>
    internal SampleNeed? Of(string node) => _byNode.GetValueOrDefault(node);

    private static SampleCondition[] With(SampleCondition[] term, SampleCondition condition) =>
        condition.IsCertain || term.Contains(condition) ? term : InOrder(term.Append(condition));

    private static SampleCondition[] InOrder(IEnumerable<SampleCondition> term) => [.. term.OrderBy(each => each.Key, StringComparer.Ordinal)];

    private static List<SampleCondition[]> Simplified(List<SampleCondition[]> terms)
    {
        terms = WithoutImplied(terms);
        while (WithoutChoice(terms) is SampleCondition[] shorter)
        {
            terms = WithoutImplied([.. terms, shorter]);
        }

        return terms;
    }

    // Each draw gives one of a node's inputs a factor. So two terms that differ in which of them need neither: what a chain of bypassed modules begins with is always needed.
    private static SampleCondition[]? WithoutChoice(List<SampleCondition[]> terms)
    {
        HashSet<string> keys = [.. terms.Select(Key)];
        foreach (SampleCondition[] term in terms)
        {
            foreach (SampleCondition condition in term)
            {
                SampleCondition[] rest = [.. term.Where(each => each != condition)];
                if (keys.Contains(Key(InOrder(rest.Append(condition with { Input = 1 - condition.Input })))))
                {
                    return rest;
                }
            }
        }

        return null;
    }

    // A term all of whose conditions another asks for, and more, covers that other one.
    private static List<SampleCondition[]> WithoutImplied(List<SampleCondition[]> terms)
    {
        List<SampleCondition[]> distinct = [.. terms.DistinctBy(Key, StringComparer.Ordinal)];
        return [.. distinct.Where(term => !distinct.Any(other => other.Length < term.Length && other.All(term.Contains))).OrderBy(Key, StringComparer.Ordinal)];
    }

    private static string Key(SampleCondition[] term) => string.Join('\t', term.Select(condition => condition.Key));

    private SampleNeed Shared(List<SampleCondition[]> terms)
    {
        string key = string.Join('\v', terms.Select(Key));
        return _byKey.TryGetValue(key, out SampleNeed? need) ? need : _byKey[key] = new SampleNeed(terms);
    }
}
