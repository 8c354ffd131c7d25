namespace Espalier.Data;

/// <summary>The targets of a mixed batch: for each image two classes and the fraction of the first.</summary>
/// <param name="Labels">The class of each image.</param>
/// <param name="Partners">The class of the image that was mixed into each image.</param>
/// <param name="Share">The fraction of <paramref name="Labels"/>, from 0 to 1; 1 for a batch that is not mixed.</param>
internal readonly record struct MixedTargets(int[] Labels, int[] Partners, float Share)
{
    /// <summary>Writes the targets as probabilities, one row of <paramref name="classes"/> values per image.</summary>
    /// <param name="rows">The output, [count, classes].</param>
    /// <param name="classes">Number of classes.</param>
    /// <param name="smoothing">Label smoothing: the probability that is spread evenly over all classes (Szegedy et al., "Rethinking the Inception architecture", 2016, section 7).</param>
    /// <exception cref="ArgumentException">The length of <paramref name="rows"/> is not images × classes.</exception>
    public void Write(Span<float> rows, int classes, float smoothing = 0)
    {
        if (rows.Length != (long)Labels.Length * classes)
        {
            throw new ArgumentException($"{Labels.Length} images of {classes} classes need {(long)Labels.Length * classes} floats, but {rows.Length} were given.", nameof(rows));
        }

        rows.Fill(smoothing / classes);
        for (int i = 0; i < Labels.Length; i++)
        {
            Span<float> row = rows.Slice(i * classes, classes);
            row[Labels[i]] += (1 - smoothing) * Share;
            row[Partners[i]] += (1 - smoothing) * (1 - Share);
        }
    }
}
