namespace Espalier.Data;

/// <summary>What the images of a mixed batch show: each one class for a share, and another for the rest.</summary>
/// <param name="Labels">The class of each image.</param>
/// <param name="Partners">The class of what was mixed into each.</param>
/// <param name="Share">The share of <paramref name="Labels"/>: 1 for a batch that is not mixed.</param>
public readonly record struct MixedTargets(int[] Labels, int[] Partners, float Share)
{
    /// <summary>Writes the targets as probabilities: one row of <paramref name="classes"/> for each image.</summary>
    /// <param name="rows">[count, classes].</param>
    /// <param name="classes">How many classes there are.</param>
    /// <param name="smoothing">Of the probability, how much is spread over all classes (Szegedy et al., "Rethinking the Inception architecture", 2016, section 7).</param>
    /// <exception cref="ArgumentException">There are not as many floats as that takes.</exception>
    public void Write(Span<float> rows, int classes, float smoothing = 0)
    {
        if (rows.Length != (long)Labels.Length * classes)
        {
            throw new ArgumentException($"{Labels.Length} images of {classes} classes take {(long)Labels.Length * classes} floats, but {rows.Length} were given.", nameof(rows));
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
