using System.Globalization;
using Espalier.Graphs;
using Espalier.Surgery;
using Espalier.Tensors;

namespace Espalier.Training;

/// <summary>Sparsity training: an L1 penalty on the scale factors γ of norms whose channels can be pruned (Liu 2017, "Network slimming", equation 1). It moves the factors of unimportant channels towards 0, so that <see cref="PruningCriteria.NormScale"/> can prune them.</summary>
/// <param name="Strength">The factor λ of the penalty, above 0; Liu uses 1e-5 to 1e-4.</param>
public sealed record NormScalePenalty(double Strength) : ITrainingExtension
{
    /// <summary>The factor λ of the penalty, above 0.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public double Strength { get; init => field = Require(value); } = Require(Strength);

    /// <inheritdoc/>
    public string Name => "norm_scale";

    /// <inheritdoc/>
    public ValueList<LineageSetting> Settings => [new(SettingNames.NormScaleDecay, Strength.ToString(CultureInfo.InvariantCulture))];

    /// <inheritdoc/>
    public TrainingHooks Begin(TrainingContext training)
    {
        ArgumentNullException.ThrowIfNull(training);
        HashSet<string> names = new(NormScale.ParametersOf(ChannelGroups.Find(training.Model.Graph)), StringComparer.Ordinal);
        TrainingParameter[] scales = [.. training.Parameters.Where(parameter => parameter.Trainable && names.Contains(parameter.Name))];
        return scales.Length > 0
            ? new Hooks(scales, (float)Strength)
            : throw new EspalierException("the network has no norms whose channels can be pruned, so a penalty on their scale factors has no effect");
    }

    private static double Require(double strength, string name = nameof(Strength)) =>
        double.IsFinite(strength) && strength > 0 ? strength : throw new ArgumentOutOfRangeException(name, strength, $"{name}: expected a number above 0.");

    private sealed class Hooks(TrainingParameter[] scales, float strength) : TrainingHooks
    {
        /// <summary>Adds the subgradient λ·sign(γ) of the penalty to the gradients; norms of a dropped branch have no gradient and are skipped.</summary>
        public override void GradientsReady(long step)
        {
            foreach (TrainingParameter scale in scales.Where(scale => scale.HasGradient))
            {
                Span<float> gradient = scale.Gradient.Span;
                ReadOnlySpan<float> value = scale.Value.Span;
                for (int i = 0; i < gradient.Length; i++)
                {
                    gradient[i] += value[i] > 0 ? strength : value[i] < 0 ? -strength : 0;
                }
            }
        }
    }
}
