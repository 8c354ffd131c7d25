using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Training;

/// <summary>Keeps parts of the network as they are: their parameters are not trained, and their batch norms use and keep their running statistics.</summary>
/// <param name="Scopes">Their scopes: <c>layer1</c>, <c>conv1</c>.</param>
public sealed record FrozenScopes(ValueList<string> Scopes) : ITrainingExtension
{
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
