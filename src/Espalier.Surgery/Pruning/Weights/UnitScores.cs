using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Surgery;

/// <summary>How much each unit of a parameter matters.</summary>
internal static class UnitScores
{
    internal static float[] Of(string name, Parameter parameter, in UnitGrid grid, in WeightPruningOptions options)
    {
        if (options.Score == WeightScore.Random)
        {
            CounterRandom random = new CounterRandom(options.Seed).Stream(name);
            float[] lots = new float[grid.Count];
            for (int i = 0; i < lots.Length; i++)
            {
                lots[i] = (float)random.Uniform((ulong)i);
            }

            return lots;
        }

        float[] magnitudes = Magnitudes(name, parameter, options);
        double norm = options.Score switch
        {
            WeightScore.Lamp => 2,
            WeightScore.Magnitude or WeightScore.Gradient or WeightScore.Taylor or WeightScore.Random => options.Norm,
        };
        if (!(norm > 0))
        {
            throw new PruningException(name, $"there is no norm of order {norm}; 1, 2 or infinity would work");
        }

        float[] scores = Norms(magnitudes, grid, norm);
        if (options.Score == WeightScore.Lamp)
        {
            Lamp(scores);
        }

        return scores;
    }

    private static float[] Magnitudes(string name, Parameter parameter, in WeightPruningOptions options)
    {
        float[] numbers = parameter.Effective.To(ElementType.Float32).Read<float>().ToArray();
        if (options.Score is WeightScore.Gradient or WeightScore.Taylor)
        {
            Tensor? gradient = options.Gradients?.Invoke(name);
            if (gradient?.Shape != parameter.Value.Shape)
            {
                throw new PruningException(name, gradient is null ? "ranking by gradients needs gradients; 'magnitude' needs none" : $"its gradient is {gradient.Shape}, expected {parameter.Value.Shape}");
            }

            ReadOnlySpan<float> slopes = gradient.To(ElementType.Float32).Read<float>();
            ReadOnlySpan<float> mask = parameter.Mask is null ? [] : parameter.Mask.To(ElementType.Float32).Read<float>();
            for (int i = 0; i < numbers.Length; i++)
            {
                float slope = !mask.IsEmpty && mask[i] == 0 ? 0 : slopes[i];
                numbers[i] = options.Score == WeightScore.Taylor ? numbers[i] * slope : slope;
            }
        }

        for (int i = 0; i < numbers.Length; i++)
        {
            numbers[i] = Math.Abs(numbers[i]);
        }

        return numbers;
    }

    private static float[] Norms(float[] magnitudes, in UnitGrid grid, double norm)
    {
        if (grid.Count == magnitudes.Length)
        {
            return magnitudes; // units of one number: every norm is the magnitude
        }

        double[] sums = new double[grid.Count];
        for (int i = 0; i < magnitudes.Length; i++)
        {
            ref double sum = ref sums[grid.UnitOf(i)];
            double magnitude = magnitudes[i];
            sum = double.IsInfinity(norm) ? Math.Max(sum, magnitude) : sum + (norm == 1 ? magnitude : norm == 2 ? magnitude * magnitude : Math.Pow(magnitude, norm));
        }

        return [.. sums.Select(sum => (float)(double.IsInfinity(norm) || norm == 1 ? sum : Math.Pow(sum, 1 / norm)))];
    }

    /// <summary>From norms to LAMP scores: the square over the sum of the squares that are no smaller.</summary>
    private static void Lamp(float[] norms)
    {
        float[] sorted = (float[])norms.Clone();
        int[] order = [.. Enumerable.Range(0, norms.Length)];
        Array.Sort(sorted, order);
        double sum = 0;
        for (int i = order.Length - 1; i >= 0; i--)
        {
            double square = (double)sorted[i] * sorted[i];
            sum += square;
            norms[order[i]] = sum == 0 ? 0 : (float)(square / sum);
        }
    }
}
