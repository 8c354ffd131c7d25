namespace Espalier.Data;

/// <summary>Which part of each batch is read: for several processes that share the batches of a training run.</summary>
/// <param name="Parts">The number of parts that each batch is cut into, of as equal sizes as possible.</param>
/// <param name="First">The index of the first part that is read, from 0.</param>
/// <param name="Count">The number of parts that are read.</param>
public readonly record struct BatchShare(int Parts, int First, int Count)
{
    /// <summary>Whole batches, of one part.</summary>
    public static BatchShare Whole => new(1, 0, 1);

    /// <summary>The place in a batch at which a part begins.</summary>
    /// <param name="part">The part, from 0; the number of parts for the end of the batch.</param>
    /// <param name="batch">The number of images of the batch.</param>
    public int StartOf(int part, int batch) => (int)((long)batch * part / Parts);

    /// <summary>The place in a batch of the first image that is read.</summary>
    internal int Start(int batch) => StartOf(First, batch);

    /// <summary>The number of images of each part that is read.</summary>
    internal int[] Sizes(int batch)
    {
        int[] sizes = new int[Count];
        for (int i = 0; i < Count; i++)
        {
            sizes[i] = StartOf(First + i + 1, batch) - StartOf(First + i, batch);
        }

        return sizes;
    }
}
