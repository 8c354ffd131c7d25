namespace Espalier.Kernels;

/// <summary>The gradient of <see cref="LayoutKernel.Flatten"/>: copies a vector back to the map.</summary>
internal static class FlattenGradient
{
    /// <summary>Computes part <paramref name="part"/> of <paramref name="parts"/> (rows of all images), bit-identical for any number of parts. Lanes that hold no channel become zero unless added to.</summary>
    /// <param name="gradient">Batch x <paramref name="gradientLayout"/>.</param>
    /// <param name="gradientLayout">Layout of the vector's gradient: [features] x 1 x 1 without border.</param>
    /// <param name="target">Batch x <paramref name="targetLayout"/>.</param>
    /// <param name="targetLayout">Layout of the map's gradient.</param>
    /// <param name="accumulate">Whether to add to the target instead of overwriting it.</param>
    /// <param name="batch">Number of images.</param>
    /// <param name="part">Index of the part to compute.</param>
    /// <param name="parts">Number of parts.</param>
    public static void Run(
        ReadOnlySpan<float> gradient, BlockedLayout gradientLayout, Span<float> target, BlockedLayout targetLayout, bool accumulate, int batch, int part, int parts)
    {
        int features = targetLayout.Channels * targetLayout.Height * targetLayout.Width;
        Expect.That(gradientLayout == new BlockedLayout(features, 1, 1, gradientLayout.Lanes), $"gradient {gradientLayout} of {targetLayout}: expected {features} x 1 x 1 without border");
        gradientLayout.ExpectBatch(batch, gradient.Length, nameof(gradient));
        targetLayout.ExpectBatch(batch, target.Length, nameof(target));
        (int begin, int end) = WorkSplit.Range(MapRow.Count(targetLayout, batch), part, parts);
        var address = new MapAddress(targetLayout);
        for (int unit = begin; unit < end; unit++)
        {
            MapRow row = MapRow.At(unit, targetLayout);
            Span<float> to = target.Slice((int)address.Of(row), targetLayout.Width * targetLayout.Lanes);
            ReadOnlySpan<float> from = gradient.Slice(row.Image * gradientLayout.Length, features);
            for (int i = 0; i < to.Length; i++)
            {
                int channel = (row.Block * targetLayout.Lanes) + (i % targetLayout.Lanes);
                float added = channel < targetLayout.Channels ? from[(((channel * targetLayout.Height) + row.Row) * targetLayout.Width) + (i / targetLayout.Lanes)] : 0;
                to[i] = accumulate ? to[i] + added : added;
            }
        }
    }
}
