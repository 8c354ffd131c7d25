using Espalier.Tensors;

namespace Espalier.Data;

/// <summary>A batch of samples, ready for a network. A loader reuses its memory: a batch is valid until the next one is requested.</summary>
public sealed class Batch
{
    /// <summary>Creates a batch over existing memory.</summary>
    /// <param name="images">Images as float32, [count, channels, height, width].</param>
    /// <param name="labels">The class of each sample.</param>
    /// <param name="indices">The index of each sample in its data set.</param>
    /// <exception cref="ArgumentException">The tensor does not have rank 4, or the numbers of images, labels and indices differ.</exception>
    public Batch(Tensor images, int[] labels, int[] indices)
    {
        ArgumentNullException.ThrowIfNull(images);
        ArgumentNullException.ThrowIfNull(labels);
        ArgumentNullException.ThrowIfNull(indices);
        if (images.Shape.Rank != 4 || images.Shape[0] != labels.Length || labels.Length != indices.Length)
        {
            throw new ArgumentException($"A batch needs images of [count, channels, height, width] with one label and one index per image; got {images}, {labels.Length} labels and {indices.Length} indices.");
        }

        Images = images;
        Labels = labels;
        Indices = indices;
        Parts = [labels.Length];
    }

    /// <summary>Number of samples.</summary>
    public int Count => Labels.Length;

    /// <summary>The number of samples of each part of the batch that was read (<see cref="BatchShare"/>), one part after another.</summary>
    internal int[] Parts { get; set; }

    /// <summary>Images as float32, [count, channels, height, width].</summary>
    public Tensor Images { get; }

    /// <summary>The class of each sample; −1 where it is unknown.</summary>
    public int[] Labels { get; }

    /// <summary>The index of each sample in its data set.</summary>
    public int[] Indices { get; }

    /// <summary>Some of the samples, one after another: this batch where these are all, otherwise a copy.</summary>
    internal Batch Slice(int start, int count)
    {
        if (count == Count)
        {
            return this;
        }

        int sample = Images.Bytes.Length / Count;
        Tensor images = Tensor.Over(Images.Shape.WithoutFirst().Prepend(count), Images.Type, Images.Bytes.Slice(start * sample, count * sample)).Copy();
        return new Batch(images, Labels[start..(start + count)], Indices[start..(start + count)]);
    }
}
