using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Surgery;

/// <summary>Runs a network on samples, a piece of a few at a time, and shows the values of some of its nodes.</summary>
internal sealed class SampleRun : IDisposable
{
    private const long Budget = 1 << 25; // elements that are shown at once: 128 MB
    private const int Most = 32; // samples of a piece
    private readonly IRunnable _run;
    private readonly (Tensor Batch, int First, int Count, long Sample)[] _pieces;

    /// <summary>Prepares a network.</summary>
    /// <param name="model">The network.</param>
    /// <param name="values">The nodes whose values are shown.</param>
    /// <param name="samples">The samples and the runtime.</param>
    internal SampleRun(Model model, IReadOnlyList<string> values, SampleSet samples)
    {
        // The outputs stay, because each node of a graph must lead to one.
        Values = [.. values.Union(model.Graph.Outputs)];
        int atOnce = (int)Math.Clamp(Budget / Values.Sum(value => (long)model.Graph.ShapeOf(value).Count), 1, Most);
        _pieces = [.. Pieces(samples.Batches, atOnce)];
        _run = samples.Runtime.Prepare(new Model(new Graph(model.Graph.Nodes, Values), model.Parameters, model.Metadata), new RunOptions { Unfolded = true });
    }

    /// <summary>The nodes whose values are shown, and after them the network's outputs.</summary>
    internal ValueList<string> Values { get; }

    /// <summary>The number of pieces.</summary>
    internal int Count => _pieces.Length;

    /// <summary>The number of the first sample of a piece.</summary>
    internal long FirstOf(int piece) => _pieces[piece].Sample;

    /// <summary>Runs the samples of a piece: their values in the order of <see cref="Values"/>.</summary>
    internal IReadOnlyList<Tensor> Run(int piece)
    {
        (Tensor batch, int first, int count, _) = _pieces[piece];
        return _run.RunAll(SampleSet.Part(batch, first, count));
    }

    public void Dispose() => _run.Dispose();

    private static IEnumerable<(Tensor Batch, int First, int Count, long Sample)> Pieces(IReadOnlyList<Tensor> batches, int atOnce)
    {
        long sample = 0;
        foreach (Tensor batch in batches)
        {
            for (int first = 0; first < batch.Shape[0]; first += atOnce)
            {
                int count = Math.Min(atOnce, batch.Shape[0] - first);
                yield return (batch, first, count, sample);
                sample += count;
            }
        }
    }
}
