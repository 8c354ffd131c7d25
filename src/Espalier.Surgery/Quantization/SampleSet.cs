using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Surgery;

/// <summary>Samples on which networks are measured.</summary>
/// <param name="Batches">Batches of inputs: float32, [batch, …sample]. All processes have all of them.</param>
/// <param name="Runtime">The runtime that runs the networks.</param>
/// <param name="Work">The processes that share the samples.</param>
internal sealed record SampleSet(IReadOnlyList<Tensor> Batches, IRuntime Runtime, SharedWork Work)
{
    /// <summary>The number of samples.</summary>
    internal long Count => Batches.Sum(batch => (long)batch.Shape[0]);

    /// <summary>At most so many of the samples, evenly spaced.</summary>
    internal SampleSet Spread(int most)
    {
        (Tensor Batch, int Index)[] all = [.. Batches.SelectMany(batch => Enumerable.Range(0, batch.Shape[0]).Select(i => (batch, i)))];
        return all.Length <= most ? this : this with { Batches = [.. Enumerable.Range(0, most).Select(i => all[(int)((long)i * all.Length / most)]).Select(chosen => Part(chosen.Batch, chosen.Index, 1))] };
    }

    /// <summary>Some samples of a batch.</summary>
    internal static Tensor Part(Tensor batch, int first, int count)
    {
        int length = checked((int)(batch.Shape.Count / Math.Max(1, batch.Shape[0])));
        return Tensor.From(batch.Shape.WithoutFirst().Prepend(count), batch.Read<float>().Slice(first * length, count * length));
    }
}
