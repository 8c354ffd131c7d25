using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Training;

/// <summary>Cuts parameters into pieces that threads can share. The cuts depend on the parameters alone, so sums over pieces in order are the same for any number of threads.</summary>
internal sealed class ParameterChunks
{
    private const int Length = 1 << 15; // 128 KiB of floats: a few of them fit the second-level cache. A multiple of OptimizerKernel.NormChunk

    private readonly IReadOnlyList<TrainingParameter> _parameters;
    private readonly (int Parameter, int Start, int Length)[] _chunks;

    internal ParameterChunks(IReadOnlyList<TrainingParameter> parameters)
    {
        _parameters = parameters;
        _chunks = [.. parameters.SelectMany((parameter, index) => Cut(index, parameter.Value.Length))];
    }

    /// <summary>Runs <paramref name="action"/> (parameter, start, length) on every piece of the parameters that <paramref name="applies"/> accepts.</summary>
    internal void Run(WorkerPool workers, Func<TrainingParameter, bool> applies, Action<int, int, int> action) => workers.Run(_chunks.Length, i =>
    {
        (int parameter, int start, int length) = _chunks[i];
        if (applies(_parameters[parameter]))
        {
            action(parameter, start, length);
        }
    });

    /// <summary>The sum over all accepted pieces, added in their order.</summary>
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
