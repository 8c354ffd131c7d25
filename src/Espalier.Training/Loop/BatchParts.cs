namespace Espalier.Training;

/// <summary>How a batch is cut into the parts that go through the network one after another.</summary>
internal static class BatchParts
{
    /// <summary>The images of each part but the last, which has what is left.</summary>
    internal static int Length(int batch, int accumulation) => (batch + accumulation - 1) / accumulation;

    /// <summary>The parts, as many as are asked for or fewer: 7 images in 3 parts are 3, 3 and 1.</summary>
    internal static IEnumerable<(int Start, int Count)> Of(int batch, int accumulation)
    {
        int length = Length(batch, accumulation);
        for (int start = 0; start < batch; start += length)
        {
            yield return (start, Math.Min(length, batch - start));
        }
    }

    /// <summary>Which draws a part gets: each has some of its own.</summary>
    internal static long Draw(long step, int accumulation, int part) => (step * accumulation) + part;
}
