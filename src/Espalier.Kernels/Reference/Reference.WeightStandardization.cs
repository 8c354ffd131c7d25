using System.Numerics;

namespace Espalier.Kernels;

internal static partial class Reference
{
    /// <summary>Weight standardization (Qiao 2019): each filter's weights minus their mean, divided by √(biased variance + eps).</summary>
    /// <param name="weight">The weights, filter by filter.</param>
    /// <param name="filters">Number of filters.</param>
    /// <param name="eps">The epsilon added to the variance.</param>
    public static T[] StandardizeFilters<T>(ReadOnlySpan<T> weight, int filters, T eps) where T : IFloatingPointIeee754<T>
    {
        T[] standardized = new T[weight.Length];
        int length = weight.Length / filters;
        for (int first = 0; first < weight.Length; first += length)
        {
            (T mean, T variance) = Moments(weight.Slice(first, length));
            for (int i = first; i < first + length; i++)
            {
                standardized[i] = (weight[i] - mean) / T.Sqrt(variance + eps);
            }
        }

        return standardized;
    }

    /// <summary>The gradient of <see cref="StandardizeFilters"/>, added to the target.</summary>
    /// <param name="weight">The weights before standardization, filter by filter.</param>
    /// <param name="filters">Number of filters.</param>
    /// <param name="eps">The epsilon added to the variance.</param>
    /// <param name="gradient">The gradient of the standardized weights.</param>
    /// <param name="weightGradient">The gradient of the weights.</param>
    public static void StandardizeFiltersGradient<T>(ReadOnlySpan<T> weight, int filters, T eps, ReadOnlySpan<T> gradient, Span<T> weightGradient) where T : IFloatingPointIeee754<T>
    {
        int length = weight.Length / filters;
        for (int first = 0; first < weight.Length; first += length)
        {
            int[] at = [.. Enumerable.Range(first, length)];
            NormGradient(weight, at, new(1, 1, weight.Length), [T.One], eps, gradient, weightGradient, [], []);
        }
    }
}
