namespace Espalier.Surgery;

/// <summary>The condition under which a training step computes a node, in disjunctive normal form: all draws of at least one term hold. No terms mean never; a term without draws means always.</summary>
internal sealed class DrawCondition
{
    private readonly List<HashSet<Draw>> _terms = [];

    /// <summary>The terms. No term implies another.</summary>
    internal IReadOnlyList<IReadOnlySet<Draw>> All => _terms;

    /// <summary>Adds a term. Two terms that differ only in the outcome of one draw are replaced by one term without that draw, so a chain of blocks needs no more terms than one block.</summary>
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

    /// <summary>The probability of the condition if the draws are independent.</summary>
    /// <param name="survival">Returns the survival probability of a stochastic depth node by its name.</param>
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

    /// <summary>The draw of <paramref name="term"/> whose outcome is opposite in <paramref name="other"/>, if the two terms differ in nothing else.</summary>
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
