using System.Globalization;
using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Surgery;

/// <summary>Adds stochastic depth to a network: its residual branches or modules are dropped at random during training (Huang 2016, "Deep networks with stochastic depth").</summary>
/// <remarks>
/// In residual form the addition at the end of a block is replaced by a stochastic depth op and the rest of the block is unchanged. Block l of the network's L residual
/// blocks has the survival probability of the rule, even if only some of them are wrapped. A block that is already wrapped gets the new probability.
/// In bypass form a scope with one input and one output gets a shortcut, and l counts the wrapped modules. Parameters keep their names.
/// </remarks>
/// <param name="options">The blocks to wrap and the stochastic depth to add.</param>
public sealed class StochasticDepthWrap(StochasticDepthWrapOptions options) : Pass
{
    /// <inheritdoc/>
    public override string Name => "stochastic depth";

    /// <inheritdoc/>
    public override string Action => "wrap";

    /// <inheritdoc/>
    public override Promise Promise => Promise.Lossy;

    /// <inheritdoc/>
    /// <exception cref="GraphException">A name matches no block or scope, a module cannot be bypassed, or the probability is out of range.</exception>
    public override PassPlan Plan(Model model)
    {
        ArgumentNullException.ThrowIfNull(model);
        options.Survival.Check();
        ResidualUnits units = ResidualUnits.Find(model.Graph);
        return options.Form == StochasticDepthForm.Residual ? Residual(units) : Bypass(model, units);
    }

    /// <inheritdoc/>
    public override ValueList<LineageSetting> SettingsOf(PassPlan plan)
    {
        ArgumentNullException.ThrowIfNull(plan);
        return
        [
            new("with", "stochastic depth"), new("survival", options.Survival.ToString()), new("form", options.Form.ToString().ToLowerInvariant()),
            new("mode", options.Mode.ToString().ToLowerInvariant()), new("scaling", options.Scaling.ToString().ToLowerInvariant()),
            new("projection", options.Projection.ToString().ToLowerInvariant()), new("scope", string.Join(' ', options.Scopes)),
            new("blocks", plan.Patches.Length.ToString(CultureInfo.InvariantCulture)),
        ];
    }

    private PassPlan Residual(ResidualUnits units)
    {
        if (options.Projection != BypassProjection.None)
        {
            GraphException.Throw("stochastic depth", $"expected no projection in residual form, in which blocks keep their own shortcuts; found {options.Projection}, which is for the bypass form");
        }

        HashSet<ResidualUnit> wanted = [.. units.Matching(options.Scopes)];
        StochasticDepthWrapOptions chosen = options;
        return new PassPlan(
            [.. units.Units.Select((unit, i) => (Unit: unit, Op: chosen.OpOf(i + 1, units.Units.Length))).Where(each => wanted.Contains(each.Unit)).Select(each => Join(each.Unit, each.Op))],
            [.. units.Refusals.Where(refusal => chosen.Scopes.Count == 0 || chosen.Scopes.Any(scope => ScopePattern.Matches(scope, refusal.Node)))]);
    }

    private static Patch Join(ResidualUnit unit, StochasticDepth op) =>
        new Patch($"{unit.Scope} becomes {op}").Put(new Node(unit.Join.Name, op, [unit.Shortcut, unit.Branch]));

    private PassPlan Bypass(Model model, ResidualUnits units)
    {
        ValueList<string> scopes = options.Scopes.Count > 0 ? options.Scopes : ValueList.From(units.Matching([]).Select(unit => unit.Scope));
        IReadOnlyList<BypassModule> modules = BypassModule.Find(model.Graph, scopes);
        StochasticDepthWrapOptions chosen = options;
        IEnumerable<(string Scope, Patch Patch)> patches = modules.Select((module, i) => (module.Scope, Bypass(model, module, chosen.OpOf(i + 1, modules.Count))));

        // Inner modules come first: if both end at the same node, the outer bypass then reads the output of the inner one.
        return new PassPlan([.. patches.OrderByDescending(each => each.Scope.Length).Select(each => each.Patch)], []);
    }

    private Patch Bypass(Model model, BypassModule module, StochasticDepth op)
    {
        string name = ScopeName.Join(module.Scope, "bypass");
        if (model.Graph.TryFind(name, out _))
        {
            GraphException.Throw(module.Scope, $"is already bypassed: there is a node '{name}'");
        }

        (Patch patch, string shortcut) = ShortcutWriter.Write(model, module, options, new Patch($"{module.Scope} becomes {op}"));
        return patch.Put(new Node(name, op, [shortcut, module.Output])).Redirect(module.Output, name);
    }
}
