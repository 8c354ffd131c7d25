using System.Globalization;
using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Surgery;

/// <summary>A rewriting of models: looks at one, says what it would change and what it leaves alone and why.</summary>
/// <remarks>The one contract of a rewrite. A pass finds; <see cref="PassRunner"/> applies, so that every change is a patch that can be shown first.</remarks>
public abstract class Pass
{
    /// <summary>Its name in reports and lineage: <c>fold batch norm</c>.</summary>
    public abstract string Name { get; }

    /// <summary>What it promises.</summary>
    public abstract Promise Promise { get; }

    /// <summary>What a lineage calls it: <c>prune</c>, <c>fold</c>.</summary>
    public virtual string Action => Name;

    /// <summary>What it would do to <paramref name="model"/>. The model is not changed.</summary>
    public abstract PassPlan Plan(Model model);

    /// <summary>What a lineage tells of its settings and of what it found: see <see cref="PassRunner.ApplyAndRecord"/>.</summary>
    /// <param name="plan">What it did.</param>
    public virtual ValueList<LineageSetting> SettingsOf(PassPlan plan)
    {
        ArgumentNullException.ThrowIfNull(plan);
        return [new("changes", plan.Patches.Length.ToString(CultureInfo.InvariantCulture)), new("what", string.Join("; ", plan.Patches.Select(patch => patch.Reason)))];
    }
}
