using Espalier.Graphs;

namespace Espalier.Surgery;

/// <summary>Replaces convolutions of standardized weights (<see cref="Conv2d.StandardizationEpsilon"/>) by ordinary ones that have the standardized weights, rounded to float32 once.</summary>
/// <remarks>Pruning does this first: without some of its weights, a filter's mean and variance would be others. Masks of such convolutions are dropped, because standardized weights are not zero where the weights are.</remarks>
public sealed class StandardizationRemoval : Pass
{
    /// <inheritdoc/>
    public override string Name => "remove weight standardization";

    /// <inheritdoc/>
    public override Promise Promise => Promise.Rounding;

    /// <summary>Whether a model has convolutions of standardized weights.</summary>
    public static bool Changes(Model model)
    {
        ArgumentNullException.ThrowIfNull(model);
        return model.Graph.Nodes.Any(IsStandardized);
    }

    /// <summary>The model that weights or channels are pruned from: without convolutions of standardized weights, and the model itself if it has none.</summary>
    internal static Model BeforePruning(Model model) => Changes(model) ? model.ApplyAndRecord(new StandardizationRemoval()) : model;

    /// <inheritdoc/>
    public override PassPlan Plan(Model model)
    {
        ArgumentNullException.ThrowIfNull(model);
        return new PassPlan([.. model.Graph.Nodes.Where(IsStandardized).Select(node => Written(model, node))], []);
    }

    private static Patch Written(Model model, Node node)
    {
        (Op op, Parameter weight) = StandardizedWeights.Written(model, node);
        string name = node.Parameter("weight");
        bool isShared = model.Graph.Nodes.Any(other => other.Name != node.Name && other.Parameters.Contains(name));
        string own = isShared ? ScopeName.Join(node.Name, "untied.weight") : name; // other layers may use the weights as they are
        return new Patch(node.Name).Put(node with { Op = op, Parameters = [own, .. node.Parameters.Skip(1)] }).Set(own, weight);
    }

    private static bool IsStandardized(Node node) => node.Op is Conv2d { StandardizationEpsilon: not null };
}
