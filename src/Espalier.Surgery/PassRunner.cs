using System.Collections.Immutable;
using Espalier.Graphs;

namespace Espalier.Surgery;

/// <summary>Applies passes to models.</summary>
public static class PassRunner
{
    /// <summary>Returns the model after one pass. The new graph and parameters are validated.</summary>
    public static Model Apply(this Model model, Pass pass)
    {
        ArgumentNullException.ThrowIfNull(pass);
        return model.Apply(pass.Plan(model));
    }

    /// <summary>Returns the model after all patches of a plan, group by group.</summary>
    public static Model Apply(this Model model, PassPlan plan)
    {
        ArgumentNullException.ThrowIfNull(plan);
        foreach (ImmutableArray<Patch> stage in plan.Stages.Where(stage => !stage.IsEmpty))
        {
            model = model.Apply(stage);
        }

        return model;
    }

    /// <summary>Returns the model after a pass, with a lineage entry for the pass if it changed the model.</summary>
    public static Model ApplyAndRecord(this Model model, Pass pass)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(pass);
        PassPlan plan = pass.Plan(model);
        return plan.Patches.IsEmpty ? model : model.Apply(plan).Record(new LineageEntry(pass.Action, pass.SettingsOf(plan), []));
    }

    /// <summary>Returns the model after several passes, applied in the given order.</summary>
    public static Model Apply(this Model model, params ReadOnlySpan<Pass> passes)
    {
        foreach (Pass pass in passes)
        {
            model = model.Apply(pass);
        }

        return model;
    }
}
