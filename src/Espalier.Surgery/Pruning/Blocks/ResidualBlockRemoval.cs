using System.Globalization;
using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Surgery;

/// <summary>Deletes residual blocks for good: their shortcut stays, an identity as nothing at all, a projection as what is left of the block.</summary>
/// <remarks>
/// The result computes what the network would with the branches' values forced to zero, and is that much smaller and faster. The ReLU behind a block
/// goes as well where what it reads is never negative. Networks trained with stochastic depth bear it best (Huang 2016; Fan 2020, "LayerDrop").
/// </remarks>
/// <param name="scopes">Names or patterns of blocks (<see cref="ScopePattern"/>): <c>layer3.4</c>, <c>layer*.2</c>.</param>
public sealed class ResidualBlockRemoval(ValueList<string> scopes) : Pass
{
    /// <summary>Whether a stage may lose its last block. Otherwise that is refused: it is seldom meant.</summary>
    public bool AllowEmptyStages { get; init; }

    /// <summary>By what the blocks were chosen, for the lineage: <c>named</c>, <c>output change</c>, <c>norm scale</c>, <c>survival</c>.</summary>
    public string Method { get; init; } = "named";

    /// <inheritdoc/>
    public override string Name => "remove residual blocks";

    /// <inheritdoc/>
    public override string Action => "prune";

    /// <inheritdoc/>
    public override Promise Promise => Promise.Lossy;

    /// <summary>The removal of the blocks that a ranking puts first.</summary>
    /// <param name="graph">The network that was ranked.</param>
    /// <param name="ranking">Some or all of its blocks, the least important first: from an <see cref="IBlockCriterion"/>.</param>
    /// <param name="count">How many blocks to remove. Where a stage would be emptied, its last block is passed over for the next in the ranking.</param>
    /// <param name="mayEmptyStages">Whether no block is passed over.</param>
    /// <param name="method">By what they were ranked, for the lineage.</param>
    /// <exception cref="GraphException">Fewer can be removed; the message says how many.</exception>
    public static ResidualBlockRemoval OfLeast(Graph graph, IReadOnlyList<BlockScore> ranking, int count, bool mayEmptyStages = false, string method = "ranked")
    {
        ArgumentNullException.ThrowIfNull(graph);
        ArgumentNullException.ThrowIfNull(ranking);
        IReadOnlyList<IReadOnlyList<ResidualUnit>> stages = BlockStages.Of(graph, ResidualUnits.Find(graph).Units);
        var left = stages.SelectMany((stage, i) => stage.Select(unit => (unit.Scope, Stage: i))).ToDictionary(each => each.Scope, each => each.Stage, StringComparer.Ordinal);
        int[] blocks = [.. stages.Select(stage => stage.Count)];
        int most = mayEmptyStages ? ranking.Count : stages.Sum(stage => Math.Min(stage.Count - 1, ranking.Count(score => stage.Any(unit => unit.Scope == score.Unit.Scope))));
        if (count < 1 || count > most)
        {
            GraphException.Throw("count", $"expected 1 to {most} of {ranking.Count} residual blocks in {stages.Count} stages{(mayEmptyStages ? "" : ", each of which keeps one")}, found {count}");
        }

        string[] chosen = [.. ranking.Select(score => score.Unit.Scope).Where(scope => mayEmptyStages || --blocks[left[scope]] > 0).Take(count)];
        return new ResidualBlockRemoval(ValueList.From(chosen)) { AllowEmptyStages = mayEmptyStages, Method = method };
    }

    /// <inheritdoc/>
    /// <exception cref="GraphException">A name means no block, or a stage would be left without one.</exception>
    public override PassPlan Plan(Model model)
    {
        ArgumentNullException.ThrowIfNull(model);
        if (scopes.Count == 0)
        {
            GraphException.Throw("scopes", "expected the names of residual blocks to remove, found none");
        }

        ResidualUnits units = ResidualUnits.Find(model.Graph);
        HashSet<ResidualUnit> removed = [.. units.Matching(scopes)];
        foreach (IReadOnlyList<ResidualUnit> stage in BlockStages.Of(model.Graph, units.Units).Where(stage => !AllowEmptyStages && stage.All(removed.Contains)))
        {
            GraphException.Throw(stage[0].Scope, $"this would remove all {stage.Count} blocks of its stage ({stage[0].Scope} to {stage[^1].Scope}); leave one, or allow stages to be emptied");
        }

        HashSet<string> nonNegative = NonNegativeValues.Of(model.Graph);
        return new PassPlan([.. units.Units.Where(removed.Contains).Select(unit => Remove(model.Graph, unit, nonNegative))], []);
    }

    /// <inheritdoc/>
    public override ValueList<LineageSetting> SettingsOf(PassPlan plan)
    {
        ArgumentNullException.ThrowIfNull(plan);
        return [new("granularity", "blocks"), new("method", Method), new("amount", plan.Patches.Length.ToString(CultureInfo.InvariantCulture)), new("scope", string.Join(' ', scopes))];
    }

    private static Patch Remove(Graph graph, ResidualUnit unit, HashSet<string> nonNegative)
    {
        Patch patch = new Patch($"{unit.Scope} away").Redirect(unit.Join.Name, unit.Shortcut);
        return nonNegative.Contains(unit.Shortcut) && graph.HasSingleUse(unit.Join.Name) && graph.UsersOf(unit.Join.Name)[0] is { Op: Relu } idle
            ? patch.Redirect(idle.Name, unit.Shortcut)
            : patch;
    }
}
