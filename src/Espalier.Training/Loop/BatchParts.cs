namespace Espalier.Training;

/// <summary>Splits a batch into the parts of gradient accumulation.</summary>
internal static class BatchParts
{
    /// <summary>The number of images of each part; the last part has the remainder.</summary>
    internal static int Length(int batch, int accumulation) => (batch + accumulation - 1) / accumulation;

    /// <summary>The parts, at most <paramref name="accumulation"/> of them: 7 images in 3 parts are 3, 3 and 1.</summary>
    internal static IEnumerable<(int Start, int Count)> Of(int batch, int accumulation)
    {
        int length = Length(batch, accumulation);
        for (int start = 0; start < batch; start += length)
        {
            yield return (start, Math.Min(length, batch - start));
        }
    }

    /// <summary>The index of the random numbers of a part; each part of each step has its own.</summary>
    internal static long Draw(long step, int accumulation, int part) => (step * accumulation) + part;
}
