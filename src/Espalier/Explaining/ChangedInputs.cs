using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier;

/// <summary>Runs a network on changed copies of an input, in batches, for the scores of one class.</summary>
/// <param name="network">The network; its first output has a score for each class.</param>
/// <param name="batch">Copies in one forward pass.</param>
internal sealed class ChangedInputs(IRunnable network, int batch)
{
    /// <summary>The outputs for all copies, one after the other, given to <paramref name="use"/> with the index of the copy.</summary>
    /// <param name="input">The input: [1, …sample].</param>
    /// <param name="count">Number of copies.</param>
    /// <param name="change">Changes a copy, given its index.</param>
    /// <param name="use">Receives the index and the network's output.</param>
    /// <param name="progress">Receives the fraction that is done.</param>
    /// <param name="cancellation">Checked between batches.</param>
    internal void Run(Tensor input, int count, Action<int, Memory<float>> change, Action<int, float[]> use, IProgress<double>? progress, CancellationToken cancellation)
    {
        int length = (int)input.Shape.Count;
        for (int first = 0; first < count; first += batch)
        {
            cancellation.ThrowIfCancellationRequested();
            int part = Math.Min(batch, count - first);
            float[] copies = new float[part * length];
            for (int i = 0; i < part; i++)
            {
                Memory<float> copy = copies.AsMemory(i * length, length);
                input.Read<float>().CopyTo(copy.Span);
                change(first + i, copy);
            }

            float[] outputs = network.Run(Tensor.From(input.Shape.WithoutFirst().Prepend(part), copies)).Read<float>().ToArray();
            int classes = outputs.Length / part;
            for (int i = 0; i < part; i++)
            {
                use(first + i, outputs[(i * classes)..((i + 1) * classes)]);
            }

            progress?.Report((first + part) / (double)count);
        }
    }
}
