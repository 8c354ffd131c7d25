using Espalier.Graphs;

namespace Espalier.Surgery;

/// <summary>Applies passes.</summary>
public static class PassRunner
{
    /// <summary>The model after one pass. The graph and its parameters are validated anew.</summary>
    public static Model Apply(this Model model, Pass pass)
    {
        ArgumentNullException.ThrowIfNull(pass);
        PassPlan plan = pass.Plan(model);
        return plan.Patches.IsEmpty ? model : model.Apply(plan.Patches);
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
