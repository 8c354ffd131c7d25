using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Execution;

/// <summary>What runtimes share for gradients by nodes' outputs (<see cref="TrainingRunOptions.GradientsOf"/>).</summary>
internal static class ActivationGradients
{
    /// <summary>Throws if a gradient is not kept, or there is none yet.</summary>
    /// <param name="options">Names the nodes whose gradients are kept.</param>
    /// <param name="node">The node.</param>
    /// <param name="batch">Samples of the last backward pass; 0 if a forward pass has followed it, or there was none.</param>
    /// <exception cref="ArgumentException">The node is not named.</exception>
    /// <exception cref="InvalidOperationException">There was no backward pass.</exception>
    internal static void Require(TrainingRunOptions options, string node, int batch)
    {
        if (!options.GradientsOf.Contains(node))
        {
            throw new ArgumentException($"'{node}' is none of the nodes whose gradients are kept; {nameof(TrainingRunOptions.GradientsOf)} names these: {(options.GradientsOf.Count == 0 ? "none" : options.GradientsOf)}.", nameof(node));
        }

        if (batch == 0)
        {
            throw new InvalidOperationException("There is a gradient only between a backward pass and the next forward pass.");
        }
    }

    /// <summary>The gradient for all samples of a batch, of those that have one.</summary>
    /// <param name="rows">The gradients of some samples, one after the other.</param>
    /// <param name="samples">The indices of these samples.</param>
    /// <param name="batch">Number of samples; those that have no gradient get 0.</param>
    /// <param name="sample">The shape of one.</param>
    internal static Tensor Spread(ReadOnlySpan<float> rows, ReadOnlySpan<int> samples, int batch, Shape sample)
    {
        Tensor all = Tensor.Zeros(sample.Prepend(batch));
        int length = (int)sample.Count;
        for (int i = 0; i < samples.Length; i++)
        {
            rows.Slice(i * length, length).CopyTo(all.Write<float>().Slice(samples[i] * length, length));
        }

        return all;
    }
}
