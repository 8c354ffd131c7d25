using Espalier.Tensors;

namespace Espalier;

/// <summary>The methods of class activation maps: see <see cref="ClassActivationMethod"/>.</summary>
internal static class ClassActivations
{
    internal static float[] Cam(ExplanationPlans plans, ExplainedPhoto photo, PooledHead head, int output, Size size)
    {
        int channels = head.Weights.Shape[1];
        double[] weights = Array.ConvertAll(head.Weights.Read<float>().Slice(output * channels, channels).ToArray(), weight => (double)weight);
        return MapWeighting.Sum(plans.Values(photo.Input, head.Map), weights, size.Area, isPositive: false);
    }

    internal static float[] GradCam(ExplanationPlans plans, ExplainedPhoto photo, string node, int output, Size size)
    {
        (float[] maps, float[] gradient) = plans.Differentiate(photo.Input, ExplainedNetwork.ScoreOf(plans.Model.Graph), node, i => i == output ? 1 : 0);
        return MapWeighting.Sum(maps, MapWeighting.Means(gradient, size.Area), size.Area, isPositive: true);
    }

    internal static float[] ScoreCam(ExplanationPlans plans, ExplainedPhoto photo, string node, int output, Size size, IProgress<double>? progress, CancellationToken cancellation)
    {
        float[] maps = plans.Values(photo.Input, node);
        ReadOnlySpan<float> MapOf(int channel) => maps.AsSpan(channel * size.Area, size.Area);
        double[] weights = new double[maps.Length / size.Area];
        int[] channels = [.. Enumerable.Range(0, weights.Length).Where(channel => MapWeighting.Varies(MapOf(channel)))];
        if (channels.Length > 0)
        {
            float[] scores = new float[channels.Length];
            void Mask(int i, Memory<float> copy)
            {
                float[] mask = MapWeighting.Mask(MapOf(channels[i]), size, photo.Placement.Input);
                Span<float> values = copy.Span;
                for (int at = 0; at < values.Length; at++)
                {
                    values[at] *= mask[at % mask.Length];
                }
            }

            plans.RunChanged(photo.Input, channels.Length, Mask, (i, logits) => scores[i] = logits[output], isScore: true, progress, cancellation);
            foreach ((int i, double weight) in Prediction.Softmax(scores).Index())
            {
                weights[channels[i]] = weight;
            }
        }

        return MapWeighting.Sum(maps, weights, size.Area, isPositive: true);
    }
}
