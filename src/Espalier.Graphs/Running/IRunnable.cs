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

    /// <summary>Runs the network on samples of the shape it was built for, from and to the caller's memory.</summary>
    /// <param name="input">One sample after another.</param>
    /// <param name="output">Takes the network's first output for each of them.</param>
    /// <exception cref="ArgumentException">The lengths are not those of one or more samples and their outputs.</exception>
    void Run(ReadOnlySpan<float> input, Span<float> output)
    {
        Shape sample = Graph.ShapeOf(Graph.Input.Name);
        long length = Graph.ShapeOf(Graph.Outputs[0]).Count, batch = input.Length / sample.Count;
        if (batch == 0 || input.Length != batch * sample.Count || output.Length != batch * length)
        {
            throw new ArgumentException($"Samples of {sample.Count} numbers have outputs of {length}; got {input.Length} numbers for {output.Length}.", nameof(input));
        }

        Run(Tensor.From(sample.Prepend((int)batch), input)).Read<float>().CopyTo(output);
    }
}
