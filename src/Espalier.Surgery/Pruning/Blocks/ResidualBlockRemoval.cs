using System.Globalization;
using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Surgery;

/// <summary>Removes residual blocks: a block with an identity shortcut disappears, and of a block with a projection only the projection remains.</summary>
/// <remarks>
/// The result computes the function of the network with the outputs of the branches set to zero, with fewer parameters and MACs. The ReLU after a block
/// is removed too if its input is never negative. Networks trained with stochastic depth lose the least accuracy (Huang 2016; Fan 2020, "LayerDrop").
/// </remarks>
/// <param name="scopes">Names or patterns of blocks (<see cref="ScopePattern"/>): <c>layer3.4</c>, <c>layer*.2</c>.</param>
public sealed class ResidualBlockRemoval(ValueList<string> scopes) : Pass
{
    /// <summary>Whether all blocks of a stage can be removed; if false, that is an error.</summary>
    public bool AllowEmptyStages { get; init; }

    /// <summary>How the blocks were chosen, for the lineage: <c>named</c> or the name of a criterion, such as <c>output change</c>, <c>norm scale</c> or <c>survival</c>.</summary>
    public string Method { get; init; } = "named";

    /// <inheritdoc/>
    public override string Name => "remove residual blocks";

    /// <inheritdoc/>
    public override string Action => "prune";

    /// <inheritdoc/>
    public override Promise Promise => Promise.Lossy;

    /// <summary>Creates the removal of the first blocks of a ranking.</summary>
    /// <param name="graph">The network whose blocks were ranked.</param>
    /// <param name="ranking">Some or all of the network's blocks, least important first, for example from an <see cref="IBlockCriterion"/>.</param>
    /// <param name="count">The number of blocks to remove. The last remaining block of a stage is skipped, and the next block in the ranking is removed instead.</param>
    /// <param name="mayEmptyStages">Whether the last block of a stage can be removed too.</param>
    /// <param name="method">The name of the criterion of the ranking, for the lineage.</param>
    /// <exception cref="GraphException">The count is less than 1 or greater than the number of blocks that can be removed; the message contains that number.</exception>
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
            GraphException.Throw("count", $"expected 1 to {most} of {ranking.Count} residual blocks in {stages.Count} stages{(mayEmptyStages ? "" : ", each of which keeps at least one")}, found {count}");
        }

        string[] chosen = [.. ranking.Select(score => score.Unit.Scope).Where(scope => mayEmptyStages || --blocks[left[scope]] > 0).Take(count)];
        return new ResidualBlockRemoval(ValueList.From(chosen)) { AllowEmptyStages = mayEmptyStages, Method = method };
    }

    /// <inheritdoc/>
    /// <exception cref="GraphException">A name matches no block, or all blocks of a stage would be removed.</exception>
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
            GraphException.Throw(stage[0].Scope, $"this would remove all {stage.Count} blocks of its stage ({stage[0].Scope} to {stage[^1].Scope}); keep at least one, or allow empty stages");
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
