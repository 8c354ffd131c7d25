using System.Collections.Immutable;
using Espalier.Graphs;

namespace Espalier.Surgery;

/// <summary>Applies passes.</summary>
public static class PassRunner
{
    /// <summary>The model after one pass. The graph and its parameters are validated anew.</summary>
    public static Model Apply(this Model model, Pass pass)
    {
        ArgumentNullException.ThrowIfNull(pass);
        return model.Apply(pass.Plan(model));
    }

    /// <summary>The model after what a pass has planned for it.</summary>
    public static Model Apply(this Model model, PassPlan plan)
    {
        ArgumentNullException.ThrowIfNull(plan);
        foreach (ImmutableArray<Patch> stage in plan.Stages.Where(stage => !stage.IsEmpty))
        {
            model = model.Apply(stage);
        }

        return model;
    }

    /// <summary>The model after a pass, which is written into its lineage if it changed anything.</summary>
    public static Model ApplyAndRecord(this Model model, Pass pass)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(pass);
        PassPlan plan = pass.Plan(model);
        return plan.Patches.IsEmpty ? model : model.Apply(plan).Record(new LineageEntry(pass.Action, pass.SettingsOf(plan), []));
    }

    /// <summary>The model after several passes, in order.</summary>
    public static Model Apply(this Model model, params ReadOnlySpan<Pass> passes)
    {
        foreach (Pass pass in passes)
        {
            model = model.Apply(pass);
        }

        return model;
    }
}
