namespace Espalier.Execution;

/// <summary>The samples of a batch for which a value is needed: those that fulfil all conditions of at least one term. The value is not computed for other samples.</summary>
/// <remarks>
/// A value with a path to the output without stochastic depth has one term without conditions: it is needed for all samples. A branch has the condition of its stochastic depth node;
/// a value that several branches read has one term for each. Values with the same need share the object.
/// </remarks>
internal sealed class SampleNeed
{
    private readonly SampleCondition[][] _terms;

    internal SampleNeed(IEnumerable<SampleCondition[]> terms)
    {
        _terms = [.. terms];
        DependsOnRows = _terms.Any(term => term.Any(condition => condition.Op.Mode == Graphs.StochasticDepthMode.Row));
    }

    /// <summary>Whether the value can be needed for some samples of a batch and not for others.</summary>
    internal bool DependsOnRows { get; }

    /// <summary>Whether the value is needed if every branch survives; false for a projection that is computed only when its branch is dropped.</summary>
    internal bool IsNeededWhenAllSurvive => _terms.Any(term => term.All(condition => condition.Factor(true) != 0));

    /// <summary>The conditions of each term.</summary>
    internal IEnumerable<SampleCondition[]> Terms => _terms;

    /// <summary>The indices of the needed samples of the current batch, in ascending order. A value stores these samples contiguously.</summary>
    internal int[] Samples { get; private set; } = [];

    /// <summary>The number of needed samples.</summary>
    internal int Count => Samples.Length;

    /// <summary>Determines the needed samples of a batch.</summary>
    internal void Update(int batch, DepthDraws draws) =>
        Samples = [.. Enumerable.Range(0, batch).Where(sample => _terms.Any(term => term.All(condition => draws.Factor(condition, sample) != 0)))];

    /// <summary>Returns the position of each given sample among those of this need, or −1.</summary>
    internal int[] PositionsOf(int[] samples) => [.. samples.Select(sample => Math.Max(-1, Array.BinarySearch(Samples, sample)))];
}
