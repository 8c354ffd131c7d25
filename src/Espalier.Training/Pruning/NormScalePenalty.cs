using Espalier.Execution;
using Espalier.Graphs;
using Espalier.Surgery;
using Espalier.Tensors;

namespace Espalier.Training;

/// <summary>Sparsity training: an L1 penalty on the factors of norms whose channels may be removed, which draws those that matter least to zero (Liu 2017, "Network slimming", equation 1).</summary>
internal sealed class NormScalePenalty
{
    private readonly TrainingParameter[] _scales;
    private readonly float _strength;

    internal NormScalePenalty(TrainingPlan plan, double strength)
    {
        HashSet<string> names = new(ChannelImportance.NormScales(ChannelGroups.Find(plan.Model.Graph)), StringComparer.Ordinal);
        _scales = [.. plan.Parameters.Where(parameter => parameter.Trainable && names.Contains(parameter.Name))];
        _strength = (float)strength;
        if (_scales.Length == 0)
        {
            throw new EspalierException("the network has no norms in front of channels that could go, so a penalty on their factors would do nothing");
        }
    }

    /// <summary>Adds the penalty's subgradient λ·sign(γ) to the gradients that there are; norms of a dropped branch have none and rest.</summary>
    internal void Add()
    {
        foreach (TrainingParameter scale in _scales.Where(scale => scale.HasGradient))
        {
            Span<float> gradient = scale.Gradient.Span;
            ReadOnlySpan<float> value = scale.Value.Span;
            for (int i = 0; i < gradient.Length; i++)
            {
                gradient[i] += value[i] > 0 ? _strength : value[i] < 0 ? -_strength : 0;
            }
        }
    }
}
