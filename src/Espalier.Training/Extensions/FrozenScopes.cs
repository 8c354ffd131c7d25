using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Training;

/// <summary>Freezes parts of the network: their parameters are not trained, and their batch norms normalize with their running statistics and do not update them.</summary>
/// <param name="Scopes">The scopes to freeze, such as <c>layer1</c> or <c>conv1</c>.</param>
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
