using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Models;

/// <summary>Initializes a network's parameters with random values. Equal seeds give equal values, for any number of threads.</summary>
/// <remarks>A parameter's values depend only on the seed, its name, its shape and its distribution, so adding a layer does not change those of other layers.</remarks>
public static class ParameterInitializer
{
    private const int ChunkLength = 1 << 16; // even, and small enough to distribute the largest layer over all threads

    /// <summary>Creates a model with initialized parameters.</summary>
    /// <param name="definition">The network; its <see cref="NetworkDefinition.Initialization"/> determines the distributions.</param>
    /// <param name="seed">Random seed; equal seeds give equal parameters.</param>
    /// <param name="workers">The threads to compute on; <see langword="null"/> creates a pool of all processors for this call.</param>
    /// <exception cref="GraphException">An op has parameters without an initialization rule.</exception>
    public static Model Initialize(this NetworkDefinition definition, ulong seed, WorkerPool? workers = null)
    {
        ArgumentNullException.ThrowIfNull(definition);
        var parameters = new Dictionary<string, Parameter>(StringComparer.Ordinal);
        var chunks = new List<Chunk>();
        var random = new CounterRandom(seed);
        foreach (Node node in definition.Graph.Nodes)
        {
            ValueList<ParameterSpec> specs = node.Op.Parameters;
            for (int i = 0; i < specs.Count; i++)
            {
                string name = node.Parameters[i];
                if (!parameters.ContainsKey(name)) // a tied parameter is initialized by the first node that has it
                {
                    Distribution distribution = InitializationRules.Of(definition, node, specs[i]);
                    var tensor = Tensor.Zeros(specs[i].Shape, specs[i].Storage);
                    parameters.Add(name, new Parameter(tensor) { Trainable = !specs[i].IsBuffer });
                    AddChunks(chunks, tensor, distribution, random.Stream(name));
                }
            }
        }

        Fill(chunks, workers);
        return definition.With(Parameters.From(parameters));
    }

    private static void AddChunks(List<Chunk> chunks, Tensor tensor, Distribution distribution, CounterRandom random)
    {
        if (distribution == Distribution.Zero)
        {
            return; // the memory is zero after allocation
        }

        for (long start = 0; start < tensor.Shape.Count; start += ChunkLength)
        {
            chunks.Add(new Chunk(tensor, distribution, random, (int)start));
        }
    }

    private static void Fill(List<Chunk> chunks, WorkerPool? workers)
    {
        using WorkerPool? own = workers is null ? new WorkerPool(ThreadCount.Usual) : null;
        (workers ?? own!).Run(chunks.Count, i => chunks[i].Fill());
    }

    private sealed record Chunk(Tensor Tensor, Distribution Distribution, CounterRandom Random, int Start)
    {
        internal void Fill()
        {
            Span<float> values = Tensor.Write<float>()[Start..];
            Distribution.Fill(values[..Math.Min(values.Length, ChunkLength)], Random, (ulong)Start);
        }
    }
}
