using System.Collections.Immutable;
using Espalier.Graphs;
using Espalier.Models;
using Espalier.Tensors;

namespace Espalier.Training;

/// <summary>Freezes parts of the network: their parameters are not trained, and their batch norms normalize with their running statistics and do not update them.</summary>
/// <param name="Scopes">The scopes to freeze, such as <c>layer1</c> or <c>conv1</c>; see <see cref="TrainingRunOptions.Frozen"/>.</param>
public sealed record FrozenScopes(ValueList<string> Scopes) : ITrainingExtension
{
    /// <summary>Freezes everything but the layers that compute the outputs, so that these learn from the features of the others as they are (a linear classifier on features).</summary>
    /// <param name="model">The model that is trained.</param>
    /// <exception cref="GraphException">The network has no classifier; see <see cref="HeadReplacement"/>.</exception>
    public static FrozenScopes AllButHead(Model model)
    {
        ArgumentNullException.ThrowIfNull(model);
        ImmutableArray<Node> heads = ClassifierHeads.Of(model.Graph, model.Metadata);
        return heads.IsEmpty
            ? throw new GraphException("graph", "expected a network with a classifier, found one of features")
            : new FrozenScopes(ValueList.From(model.Graph.Nodes.Where(node => node.Parameters.Count > 0 && !heads.Contains(node)).Select(node => Widest(node.Name, heads)).Distinct()));
    }

    /// <summary>The widest scope of a name that contains no head.</summary>
    private static string Widest(string name, ImmutableArray<Node> heads)
    {
        for (string scope = name, parent = ScopeName.Parent(name); ; (scope, parent) = (parent, ScopeName.Parent(parent)))
        {
            if (parent.Length == 0 || heads.Any(head => ScopeName.Contains(parent, head.Name)))
            {
                return scope;
            }
        }
    }

    /// <inheritdoc/>
    public string Name => "frozen";

    /// <inheritdoc/>
    public ValueList<LineageSetting> Settings => [new(SettingNames.Frozen, Scopes.Count == 0 ? SettingNames.None : Scopes.ToString())];

    /// <inheritdoc/>
    public TrainingRunOptions Configure(TrainingRunOptions plan) => plan with { Frozen = [.. plan.Frozen, .. Scopes] };

    /// <inheritdoc/>
    public TrainingHooks Begin(TrainingContext training) => new Hooks();

    private sealed class Hooks : TrainingHooks;
}
