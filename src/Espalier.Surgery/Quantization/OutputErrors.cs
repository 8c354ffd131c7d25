using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Surgery;

/// <summary>The outputs of a network in floating point on samples, with which those of changed networks are compared.</summary>
internal sealed class OutputErrors(Model model, SampleSet samples)
{
    private readonly Dictionary<int, IReadOnlyList<Tensor>> _expected = Run(model, samples);

    /// <summary>Σ(x − x̂)²/Σx², summed over the outputs.</summary>
    internal double Of(Model changed)
    {
        using var run = new SampleRun(changed, [], samples);
        ChannelDifferences[] differences = ChannelDifferences.Measure(samples.Work, run.Count, [.. model.Graph.Outputs.Select(output => model.Graph.ShapeOf(output)[0])], piece =>
        {
            IReadOnlyList<Tensor> found = run.Run(piece);
            return i => (_expected[piece][i], found[i]);
        });
        return differences.Sum(difference => difference.Relative);
    }

    // Of the pieces of this process.
    private static Dictionary<int, IReadOnlyList<Tensor>> Run(Model model, SampleSet samples)
    {
        using var run = new SampleRun(model, [], samples);
        var results = new Dictionary<int, IReadOnlyList<Tensor>>();
        samples.Work.Each(run.Count, piece => results.Add(piece, run.Run(piece)));
        return results;
    }
}
