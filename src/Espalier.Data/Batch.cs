using Espalier.Tensors;

namespace Espalier.Data;

/// <summary>Samples that are ready for a network. A loader uses their memory again: a batch holds until the next one is asked for.</summary>
public sealed class Batch
{
    /// <summary>A batch over given memory.</summary>
    /// <param name="images">Float32, [count, channels, height, width].</param>
    /// <param name="labels">The class of each.</param>
    /// <param name="indices">The place of each in its data set.</param>
    /// <exception cref="ArgumentException">The three do not have one length.</exception>
    public Batch(Tensor images, int[] labels, int[] indices)
    {
        ArgumentNullException.ThrowIfNull(images);
        ArgumentNullException.ThrowIfNull(labels);
        ArgumentNullException.ThrowIfNull(indices);
        if (images.Shape.Rank != 4 || images.Shape[0] != labels.Length || labels.Length != indices.Length)
        {
            throw new ArgumentException($"A batch takes images of [count, channels, height, width] with a label and an index each; got {images}, {labels.Length} labels and {indices.Length} indices.");
        }

        Images = images;
        Labels = labels;
        Indices = indices;
    }

    /// <summary>How many samples.</summary>
    public int Count => Labels.Length;

    /// <summary>Float32, [count, channels, height, width].</summary>
    public Tensor Images { get; }

    /// <summary>The class of each sample; −1 where it is not known.</summary>
    public int[] Labels { get; }

    /// <summary>The place of each sample in its data set.</summary>
    public int[] Indices { get; }
}
