using Espalier.Tensors;

namespace Espalier.Graphs;

/// <summary>A model that a runtime has made ready for inference. Safe to share between threads.</summary>
/// <remarks>The result for a sample does not depend on the batch it is in, on the number of threads, or on what else runs: it is the same, bit for bit.</remarks>
public interface IRunnable : IDisposable
{
    /// <summary>The network as it was given.</summary>
    Graph Graph { get; }

    /// <summary>All of the network's outputs for a batch, in the order of <see cref="Graph.Outputs"/>.</summary>
    /// <param name="input">Float32, [batch, …sample]: any batch from 1 on, and any sample shape that the network can take.</param>
    /// <returns>Float32, [batch, …output] each.</returns>
    /// <exception cref="EspalierException">The input is not float32 with a batch in front.</exception>
    /// <exception cref="GraphException">The network cannot take such samples.</exception>
    IReadOnlyList<Tensor> RunAll(Tensor input);

    /// <summary>The network's first output for a batch.</summary>
    /// <param name="input">As for <see cref="RunAll"/>.</param>
    Tensor Run(Tensor input) => RunAll(input)[0];

    /// <summary>The network's first output for a batch, written to where it is wanted.</summary>
    /// <param name="input">As for <see cref="RunAll"/>.</param>
    /// <param name="output">As many floats as the output has for the batch, in plain order.</param>
    /// <exception cref="ArgumentException">The output has another length.</exception>
    void Run(Tensor input, Span<float> output)
    {
        ReadOnlySpan<float> result = Run(input).Read<float>();
        if (result.Length != output.Length)
        {
            throw new ArgumentException($"The output has {result.Length} numbers, and there is room for {output.Length}.", nameof(output));
        }

        result.CopyTo(output);
    }
}
