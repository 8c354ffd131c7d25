using System.Globalization;
using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Training;

/// <summary>Learning rates by scope: discriminative fine-tuning, where earlier layers learn more slowly, and gradual unfreezing, where they start to learn later (Howard and Ruder 2018, "Universal language model fine-tuning", §3.2 and §3.3).</summary>
/// <remarks>
/// Parameters that no rule matches have the learning rate of the options. Until its epoch a parameter is not updated and its gradient counts as 0, so that clipping by norm does not include it. Batch norms of a scope that is not yet trained
/// still normalize with the statistics of the batch and update their running statistics; <see cref="FrozenScopes"/> keeps those for the whole training run.
/// </remarks>
/// <param name="Rules">The rules; the last one that matches a parameter, or the layer that has it, applies.</param>
public sealed record ScopedLearningRates(ValueList<ScopedLearningRate> Rules) : ITrainingExtension
{
    /// <inheritdoc/>
    public string Name => "learning_rates";

    /// <inheritdoc/>
    public ValueList<LineageSetting> Settings => [new("learning_rates", Rules.Count == 0 ? SettingNames.None : string.Join(", ", Rules))];

    /// <inheritdoc/>
    /// <exception cref="EspalierException">A scope matches no parameter, or a factor or an epoch is not a finite number of at least 0.</exception>
    public TrainingHooks Begin(TrainingContext training)
    {
        ArgumentNullException.ThrowIfNull(training);
        ILookup<string, string> owners = training.Model.Graph.Nodes.SelectMany(node => node.Parameters.Select(name => (name, node.Name))).ToLookup(pair => pair.name, pair => pair.Name, StringComparer.Ordinal);
        bool Matches(ScopedLearningRate rule, string parameter) => ScopePattern.Matches(rule.Scope, parameter) || owners[parameter].Any(node => ScopePattern.Matches(rule.Scope, node));
        foreach (ScopedLearningRate rule in Rules)
        {
            if (!double.IsFinite(rule.Factor) || rule.Factor < 0 || !double.IsFinite(rule.FromEpoch) || rule.FromEpoch < 0)
            {
                throw new EspalierException($"the learning rate of a scope is '{rule}'; expected a finite factor and a finite epoch of at least 0");
            }

            if (!training.Parameters.Any(parameter => Matches(rule, parameter.Name)))
            {
                IEnumerable<string> scopes = training.Parameters.Select(parameter => ScopeName.Parent(parameter.Name)).Distinct();
                throw new EspalierException($"'{rule.Scope}' is to have its own learning rate, but matches no parameter{SimilarNames.Suggest(rule.Scope, scopes)}");
            }
        }

        return new Hooks(training, [.. training.Parameters.Select(parameter => Rules.LastOrDefault(rule => Matches(rule, parameter.Name)))]);
    }

    private sealed class Hooks(TrainingContext training, ScopedLearningRate?[] rules) : TrainingHooks
    {
        public override void BeforeStep(long step)
        {
            for (int i = 0; i < rules.Length; i++)
            {
                if (rules[i] is { } rule)
                {
                    training.SetLearningRateFactor(training.Parameters[i], IsAwaited(rule, step) ? 0 : rule.Factor);
                }
            }
        }

        public override void GradientsReady(long step)
        {
            for (int i = 0; i < rules.Length; i++)
            {
                if (rules[i] is { } rule && IsAwaited(rule, step) && training.Parameters[i].Trainable)
                {
                    training.Parameters[i].Gradient.Span.Clear();
                }
            }
        }

        private bool IsAwaited(ScopedLearningRate rule, long step) => step < rule.FromEpoch * training.StepsPerEpoch;
    }
}

/// <summary>The learning rate of a scope.</summary>
/// <param name="Scope">A scope such as <c>layer1</c>, or a pattern such as <c>layer*.0</c>.</param>
/// <param name="Factor">The factor of the learning rate of the options, at least 0.</param>
/// <param name="FromEpoch">The number of epochs after which the scope starts to be trained, 0 for the beginning.</param>
public sealed record ScopedLearningRate(string Scope, double Factor, double FromEpoch = 0)
{
    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Scope} x {Factor}{(FromEpoch == 0 ? "" : $" from epoch {FromEpoch}")}");
}
