using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Training;

/// <summary>Divides parameters into chunks for parallel work. The chunks depend on the parameters alone, so sums over chunks in order are the same for any number of threads.</summary>
internal sealed class ParameterChunks
{
    private const int Length = 1 << 15; // 128 KiB of floats, so that a few chunks fit into the second-level cache; a multiple of OptimizerKernel.NormChunk

    private readonly IReadOnlyList<TrainingParameter> _parameters;
    private readonly (int Parameter, int Start, int Length)[] _chunks;

    internal ParameterChunks(IReadOnlyList<TrainingParameter> parameters)
    {
        _parameters = parameters;
        _chunks = [.. parameters.SelectMany((parameter, index) => Cut(index, parameter.Value.Length))];
    }

    /// <summary>Runs <paramref name="action"/> (parameter, start, length) on every chunk of the parameters for which <paramref name="applies"/> returns true.</summary>
    internal void Run(WorkerPool workers, Func<TrainingParameter, bool> applies, Action<int, int, int> action) => workers.Run(_chunks.Length, i =>
    {
        (int parameter, int start, int length) = _chunks[i];
        if (applies(_parameters[parameter]))
        {
            action(parameter, start, length);
        }
    });

    /// <summary>Returns the sum of <paramref name="term"/> over these chunks, added in their order.</summary>
    internal double Sum(WorkerPool workers, Func<TrainingParameter, bool> applies, Func<int, int, int, double> term)
    {
        double[] terms = new double[_chunks.Length];
        workers.Run(_chunks.Length, i =>
        {
            (int parameter, int start, int length) = _chunks[i];
            terms[i] = applies(_parameters[parameter]) ? term(parameter, start, length) : 0;
        });
        double sum = 0;
        foreach (double value in terms)
        {
            sum += value;
        }

        return sum;
    }

    private static IEnumerable<(int Parameter, int Start, int Length)> Cut(int parameter, int count)
    {
        for (int start = 0; start < count; start += Length)
        {
            yield return (parameter, start, Math.Min(Length, count - start));
        }
    }
}
