using Espalier.Graphs;
using Espalier.Tensors;
using Espalier.Training;

namespace OwnExtension;

/// <summary>Takes the mean out of every filter's gradient (Yong 2020, "Gradient centralization", equation 1).</summary>
public sealed record GradientCentralization : ITrainingExtension
{
    /// <inheritdoc/>
    public string Name => "centralization";

    /// <inheritdoc/>
    public ValueList<LineageSetting> Settings => [new("gradient_centralization", "filters")];

    /// <inheritdoc/>
    public TrainingHooks Begin(TrainingContext training)
    {
        ArgumentNullException.ThrowIfNull(training);
        return new Hooks([.. training.Parameters.Where(parameter => parameter.Trainable && parameter.Shape.Rank > 1)]);
    }

    private sealed class Hooks(TrainingParameter[] parameters) : TrainingHooks
    {
        /// <inheritdoc/>
        public override void GradientsReady(long step)
        {
            foreach (TrainingParameter parameter in parameters.Where(parameter => parameter.HasGradient)) // a branch that was dropped has none
            {
                int length = (int)(parameter.Shape.Count / parameter.Shape[0]);
                for (int start = 0; start < parameter.Shape.Count; start += length)
                {
                    Centre(parameter.Gradient.Span.Slice(start, length));
                }
            }
        }

        private static void Centre(Span<float> filter)
        {
            double sum = 0;
            foreach (float slope in filter)
            {
                sum += slope;
            }

            float mean = (float)(sum / filter.Length);
            for (int i = 0; i < filter.Length; i++)
            {
                filter[i] -= mean;
            }
        }
    }
}
