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
        foreach (ImmutableArray<Patch> stage in pass.Plan(model).Stages.Where(stage => !stage.IsEmpty))
        {
            model = model.Apply(stage);
        }

        return model;
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
