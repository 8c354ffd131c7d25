using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Surgery;

/// <summary>The outputs of a network in floating point on samples, with which those of changed networks are compared.</summary>
internal sealed class OutputErrors(Model model, IReadOnlyList<Tensor> samples, IRuntime runtime)
{
    private readonly IReadOnlyList<Tensor>[] _expected = Run(model, samples, runtime);

    /// <summary>Σ(x − x̂)²/Σx², summed over the outputs.</summary>
    internal double Of(Model changed)
    {
        ChannelDifferences[] differences = [.. model.Graph.Outputs.Select(output => new ChannelDifferences(model.Graph.ShapeOf(output)[0]))];
        foreach ((IReadOnlyList<Tensor> expected, IReadOnlyList<Tensor> found) in _expected.Zip(Run(changed, samples, runtime)))
        {
            for (int i = 0; i < differences.Length; i++)
            {
                differences[i].Add(expected[i], found[i]);
            }
        }

        return differences.Sum(difference => difference.Relative);
    }

    private static IReadOnlyList<Tensor>[] Run(Model model, IReadOnlyList<Tensor> samples, IRuntime runtime)
    {
        using var run = new SampleRun(model, [], runtime);
        return [.. run.Over(samples)];
    }
}
