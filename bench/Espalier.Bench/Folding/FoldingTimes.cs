using System.Diagnostics;
using Espalier.Bench.Measuring;
using Espalier.Graphs;
using Espalier.Inference;
using Espalier.Models;
using Espalier.Tensors;

namespace Espalier.Bench.Folding;

/// <summary>A network run as it was trained, folded, and beside the plain one, in turns.</summary>
/// <param name="Unfolded">Milliseconds with all branches and norms.</param>
/// <param name="Folded">Milliseconds folded.</param>
/// <param name="Plain">Milliseconds of the plain network.</param>
/// <param name="FoldedOverPlain">The quotient of both, turn by turn.</param>
/// <param name="Difference">The greatest difference of outputs, folded and not, over the greatest output.</param>
internal sealed record FoldingTimes(double Unfolded, double Folded, double Plain, Statistics FoldedOverPlain, double Difference)
{
    private const int RunsPerTurn = 5; // short enough that a slow second of the machine meets all three
    private const int WarmUpTurns = 12; // the compiler's last tier comes after some 30 calls of a method

    internal static FoldingTimes Measure(FoldingPair pair, int turns, ulong seed)
    {
        Model branched = pair.Branched.Initialize(seed);
        var options = new PredictorOptions { Threads = 1 };
        using var unfolded = new Predictor(branched, options with { Unfolded = true });
        using var folded = new Predictor(branched, options);
        using var plain = new Predictor(pair.Plain.Initialize(seed), options);
        Tensor input = Input(branched.Graph, seed);
        double difference = Compare(unfolded.Run(input), folded.Run(input));
        Predictor[] contestants = [unfolded, folded, plain];
        double[][] times = [.. contestants.Select(_ => new double[turns])];
        for (int turn = -WarmUpTurns; turn < turns; turn++)
        {
            for (int i = 0; i < contestants.Length; i++)
            {
                contestants[i].Run(input); // its weights come back into the caches
                times[i][Math.Max(0, turn)] = Turn(contestants[i], input);
            }
        }

        return new(Statistics.Of(times[0]).Median, Statistics.Of(times[1]).Median, Statistics.Of(times[2]).Median, Statistics.Of(times[1].Zip(times[2], (mine, other) => mine / other)), difference);
    }

    private static double Turn(Predictor predictor, Tensor input)
    {
        long start = Stopwatch.GetTimestamp();
        for (int run = 0; run < RunsPerTurn; run++)
        {
            predictor.Run(input);
        }

        return Stopwatch.GetElapsedTime(start).TotalMilliseconds / RunsPerTurn;
    }

    private static Tensor Input(Graph graph, ulong seed)
    {
        Tensor tensor = Tensor.Zeros(graph.ShapeOf(graph.Input.Name).Prepend(1));
        CounterRandom random = new CounterRandom(seed).Stream("input");
        Span<float> values = tensor.Write<float>();
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = (float)random.Uniform((ulong)i, -1, 1);
        }

        return tensor;
    }

    private static double Compare(Tensor expected, Tensor actual)
    {
        (double greatest, double largest) = (0, 0);
        foreach ((float a, float b) in expected.Read<float>().ToArray().Zip(actual.Read<float>().ToArray()))
        {
            (greatest, largest) = (Math.Max(greatest, Math.Abs(a - b)), Math.Max(largest, Math.Abs(a)));
        }

        return greatest / largest;
    }
}
