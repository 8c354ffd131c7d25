using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Surgery;

/// <summary>Runs a network on samples, a few at a time, and shows the values of some of its nodes.</summary>
internal sealed class SampleRun : IDisposable
{
    private const long Budget = 1 << 25; // elements that are shown at once: 128 MB
    private readonly IRunnable _run;
    private readonly int _atOnce; // samples

    /// <summary>Prepares a network.</summary>
    /// <param name="model">The network.</param>
    /// <param name="values">The nodes whose values are shown.</param>
    /// <param name="runtime">The runtime that runs it.</param>
    internal SampleRun(Model model, IReadOnlyList<string> values, IRuntime runtime)
    {
        // The outputs stay, because each node of a graph must lead to one.
        Values = [.. values.Union(model.Graph.Outputs)];
        _atOnce = (int)Math.Clamp(Budget / Values.Sum(value => (long)model.Graph.ShapeOf(value).Count), 1, 32);
        _run = runtime.Prepare(new Model(new Graph(model.Graph.Nodes, Values), model.Parameters, model.Metadata), new RunOptions { Unfolded = true });
    }

    /// <summary>The nodes whose values are shown, and after them the network's outputs.</summary>
    internal ValueList<string> Values { get; }

    /// <summary>Runs all samples: the values of a few samples at a time, in the order of <see cref="Values"/>.</summary>
    internal IEnumerable<IReadOnlyList<Tensor>> Over(IReadOnlyList<Tensor> samples) =>
        from batch in samples
        from part in Enumerable.Range(0, (batch.Shape[0] + _atOnce - 1) / _atOnce)
        let first = part * _atOnce
        select _run.RunAll(Part(batch, first, Math.Min(_atOnce, batch.Shape[0] - first)));

    /// <summary>At most so many of the samples, evenly spaced.</summary>
    internal static IReadOnlyList<Tensor> Spread(IReadOnlyList<Tensor> samples, int most)
    {
        (Tensor Batch, int Index)[] all = [.. samples.SelectMany(batch => Enumerable.Range(0, batch.Shape[0]).Select(i => (batch, i)))];
        return all.Length <= most ? samples : [.. Enumerable.Range(0, most).Select(i => all[(int)((long)i * all.Length / most)]).Select(chosen => Part(chosen.Batch, chosen.Index, 1))];
    }

    private static Tensor Part(Tensor batch, int first, int count)
    {
        int length = checked((int)(batch.Shape.Count / Math.Max(1, batch.Shape[0])));
        return Tensor.From(batch.Shape.WithoutFirst().Prepend(count), batch.Read<float>().Slice(first * length, count * length));
    }

    public void Dispose() => _run.Dispose();
}
