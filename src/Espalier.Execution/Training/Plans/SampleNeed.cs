namespace Espalier.Execution;

/// <summary>For which samples of a batch a value is needed: for those that fulfil all conditions of one of its terms. Everything else is not computed.</summary>
/// <remarks>
/// A value that leads to the output in some way without stochastic depth has one term without conditions: all samples. A branch has its node's
/// condition; what several branches share has a term for each. Values with the same need share the object.
/// </remarks>
internal sealed class SampleNeed
{
    private readonly SampleCondition[][] _terms;

    internal SampleNeed(IEnumerable<SampleCondition[]> terms)
    {
        _terms = [.. terms];
        DependsOnRows = _terms.Any(term => term.Any(condition => condition.Op.Mode == Graphs.StochasticDepthMode.Row));
    }

    /// <summary>Whether some samples of a batch may need it and others not.</summary>
    internal bool DependsOnRows { get; }

    /// <summary>Whether it is needed where every branch survives: of a bypass's own projection it is not.</summary>
    internal bool IsNeededWhenAllSurvive => _terms.Any(term => term.All(condition => condition.Factor(true) != 0));

    /// <summary>The conditions of each term.</summary>
    internal IEnumerable<SampleCondition[]> Terms => _terms;

    /// <summary>The samples of the current batch, in order. A value holds them contiguously.</summary>
    internal int[] Samples { get; private set; } = [];

    /// <summary>How many samples.</summary>
    internal int Count => Samples.Length;

    /// <summary>Finds the samples of a batch.</summary>
    internal void Update(int batch, DepthDraws draws) =>
        Samples = [.. Enumerable.Range(0, batch).Where(sample => _terms.Any(term => term.All(condition => draws.Factor(condition, sample) != 0)))];

    /// <summary>For each of some samples, where it is among those of this need; −1 if it is not there.</summary>
    internal int[] PositionsOf(int[] samples) => [.. samples.Select(sample => Math.Max(-1, Array.BinarySearch(Samples, sample)))];
}
