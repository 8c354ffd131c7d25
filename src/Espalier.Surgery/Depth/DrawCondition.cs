namespace Espalier.Surgery;

/// <summary>When something is needed: if all draws of one of the terms are so. No term is never, a term without draws is always.</summary>
internal sealed class DrawCondition
{
    private readonly List<HashSet<Draw>> _terms = [];

    /// <summary>The terms; none covers another.</summary>
    internal IReadOnlyList<IReadOnlySet<Draw>> All => _terms;

    /// <summary>Adds a term. Two that differ in one draw's outcome become one without it, so a chain of blocks needs no more terms than one block.</summary>
    internal void Add(IEnumerable<Draw> draws)
    {
        HashSet<Draw> term = [.. draws];
        while (!_terms.Exists(other => other.IsSubsetOf(term)))
        {
            _terms.RemoveAll(term.IsSubsetOf);
            if (_terms.Find(other => Difference(other, term) is not null) is not HashSet<Draw> near)
            {
                _terms.Add(term);
                return;
            }

            Draw outcome = Difference(near, term)!.Value;
            _terms.Remove(near);
            term.Remove(outcome);
        }
    }

    /// <summary>How likely it is, the draws being independent.</summary>
    /// <param name="survival">The survival probability of a stochastic depth node.</param>
    internal double Probability(Func<string, double> survival) => Probability(_terms, survival);

    private static double Probability(List<HashSet<Draw>> terms, Func<string, double> survival)
    {
        if (terms.Count == 0 || terms.Exists(term => term.Count == 0))
        {
            return terms.Count == 0 ? 0 : 1;
        }

        string join = terms[0].First().Join; // the two cases of one draw exclude each other (Shannon's expansion)
        double p = survival(join);
        return (p * Probability(Given(terms, new Draw(join, true)), survival)) + ((1 - p) * Probability(Given(terms, new Draw(join, false)), survival));
    }

    private static List<HashSet<Draw>> Given(List<HashSet<Draw>> terms, Draw draw) =>
        [.. terms.Where(term => !term.Contains(draw.Opposite)).Select(term => term.Where(each => each != draw).ToHashSet())];

    /// <summary>The draw of <paramref name="term"/> that <paramref name="other"/> has the other way round, if that is all they differ in.</summary>
    private static Draw? Difference(HashSet<Draw> other, HashSet<Draw> term)
    {
        if (other.Count != term.Count)
        {
            return null;
        }

        Draw[] own = [.. term.Where(draw => !other.Contains(draw))];
        return own.Length == 1 && other.Contains(own[0].Opposite) ? own[0] : null;
    }
}
