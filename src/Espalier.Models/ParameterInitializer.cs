using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Models;

/// <summary>Gives a network its first numbers: the same for the same seed, whatever the number of threads, each parameter from a stream of its own.</summary>
/// <remarks>A parameter's numbers depend on the seed, its name, its shape and its rule, so adding a layer leaves the other layers' numbers alone.</remarks>
public static class ParameterInitializer
{
    private const int ChunkLength = 1 << 16; // even, and small enough that the largest layer is shared by all threads

    /// <summary>The network with the numbers that training starts from.</summary>
    /// <param name="blueprint">The network; its <see cref="Blueprint.Initialization"/> says which distributions.</param>
    /// <param name="seed">The same seed gives the same numbers.</param>
    /// <param name="workers">Who computes; <see langword="null"/> makes a pool of all processors for this call.</param>
    /// <exception cref="GraphException">An op has parameters that no rule is known for.</exception>
    public static Model Initialize(this Blueprint blueprint, ulong seed, WorkerPool? workers = null)
    {
        ArgumentNullException.ThrowIfNull(blueprint);
        var parameters = new Dictionary<string, Parameter>(StringComparer.Ordinal);
        var chunks = new List<Chunk>();
        var random = new CounterRandom(seed);
        foreach (Node node in blueprint.Graph.Nodes)
        {
            ValueList<ParameterSpec> specs = node.Op.Parameters;
            for (int i = 0; i < specs.Count; i++)
            {
                string name = node.Parameters[i];
                if (!parameters.ContainsKey(name)) // a tied parameter belongs to the node that comes first
                {
                    Distribution distribution = InitializationRules.Of(blueprint, node, specs[i]);
                    var tensor = Tensor.Zeros(specs[i].Shape, specs[i].IsCounter ? ElementType.Int64 : ElementType.Float32);
                    parameters.Add(name, new Parameter(tensor) { Trainable = !specs[i].IsBuffer });
                    AddChunks(chunks, tensor, distribution, random.Stream(name));
                }
            }
        }

        Fill(chunks, workers);
        return blueprint.With(Parameters.From(parameters));
    }

    private static void AddChunks(List<Chunk> chunks, Tensor tensor, Distribution distribution, CounterRandom random)
    {
        if (distribution == Distribution.Zero)
        {
            return; // as allocated
        }

        for (long start = 0; start < tensor.Shape.Count; start += ChunkLength)
        {
            chunks.Add(new Chunk(tensor, distribution, random, (int)start));
        }
    }

    private static void Fill(List<Chunk> chunks, WorkerPool? workers)
    {
        using WorkerPool? own = workers is null ? new WorkerPool(Environment.ProcessorCount) : null;
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
