using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Execution;

/// <summary>Determines for every node the samples for which it is needed, from the trained outputs backwards.</summary>
internal sealed class SampleNeeds
{
    private readonly Dictionary<string, SampleNeed> _byKey = new(StringComparer.Ordinal);
    private readonly Dictionary<string, SampleNeed> _byNode = new(StringComparer.Ordinal);

    /// <param name="graph">The network.</param>
    /// <param name="outputs">The trained outputs, which are needed for every sample; see <see cref="TrainingRunOptions.OutputsOf"/>.</param>
    internal SampleNeeds(Graph graph, ValueList<string> outputs)
    {
        var terms = new Dictionary<string, List<SampleCondition[]>>(StringComparer.Ordinal);
        foreach (string output in outputs)
        {
            terms[output] = [[]];
        }

        foreach (Node node in graph.Nodes.Reverse())
        {
            if (!terms.TryGetValue(node.Name, out List<SampleCondition[]>? own))
            {
                continue; // no trained output depends on it
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

    /// <summary>All distinct needs.</summary>
    internal IReadOnlyCollection<SampleNeed> All => _byKey.Values;

    /// <summary>Determines for every node the samples of a batch for which it is needed.</summary>
    /// <param name="batch">The number of samples.</param>
    /// <param name="draws">The random choices of stochastic depth.</param>
    internal void Update(int batch, DepthDraws draws)
    {
        foreach (SampleNeed need in All)
        {
            need.Update(batch, draws);
        }
    }

    /// <summary>The need of a node; <see langword="null"/> if no trained output depends on it.</summary>
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

    // Every random choice gives at least one input of a node a non-zero factor. Two terms that differ only in the input of one node are therefore replaced by their common part: the value before a chain of bypassed modules is always needed.
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

    // A term whose conditions are a subset of those of another term makes that other term redundant.
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
