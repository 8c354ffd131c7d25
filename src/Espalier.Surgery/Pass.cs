using System.Globalization;
using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Surgery;

/// <summary>A transformation of models. It plans its changes to a model and reports the places that it does not change, with the reasons.</summary>
/// <remarks>A pass only plans; <see cref="PassRunner"/> applies the plan. Every change is therefore a patch that can be shown before it is applied.</remarks>
public abstract class Pass
{
    /// <summary>The name of the pass in reports, such as <c>fold linear parts</c>.</summary>
    public abstract string Name { get; }

    /// <summary>How the output of the changed model may differ from the original's.</summary>
    public abstract Promise Promise { get; }

    /// <summary>The action of the pass's lineage entries, such as <c>prune</c> or <c>fold</c>; by default <see cref="Name"/>.</summary>
    public virtual string Action => Name;

    /// <summary>Plans the changes to <paramref name="model"/>. The model itself is not changed.</summary>
    public abstract PassPlan Plan(Model model);

    /// <summary>The settings that <see cref="PassRunner.ApplyAndRecord"/> writes into the lineage; by default the number of patches and their reasons.</summary>
    /// <param name="plan">The plan that was applied.</param>
    public virtual ValueList<LineageSetting> SettingsOf(PassPlan plan)
    {
        ArgumentNullException.ThrowIfNull(plan);
        return [new("changes", plan.Patches.Length.ToString(CultureInfo.InvariantCulture)), new("what", string.Join("; ", plan.Patches.Select(patch => patch.Reason)))];
    }
}
