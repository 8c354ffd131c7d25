using System.Collections.Immutable;
using System.Globalization;
using Espalier.Bench.Measuring;
using Espalier.Graphs;
using Espalier.Kernels;

namespace Espalier.Bench.Layers;

/// <summary>Times a network with zeros in its weights: the sparse kernel of each layer beside the one that is chosen for dense weights.</summary>
/// <remarks>Both are timed in turn, so that what else the machine does meets both; what is reported is the median of the pairs' ratios.</remarks>
internal sealed class SparseBench : IDisposable
{
    private readonly NetworkRun _dense;
    private readonly NetworkRun _sparse;
    private readonly NetworkRun _chosen;
    private readonly int[] _layers;

    private SparseBench(Model model, InstructionSet set, string pattern)
    {
        string kernels = pattern == ZeroPattern.FourOutputs ? "sparse4x1" : "sparse";
        _dense = new NetworkRun(model, set, Dense);
        _sparse = new NetworkRun(model, set, (in ConvolutionProblem problem, WeightSparsity sparsity) => sparsity.Zeros > 0 ? kernels : Dense(problem, sparsity));
        _chosen = new NetworkRun(model, set, "");
        _layers = [.. Enumerable.Range(0, _dense.Steps.Length).Where(i => _dense.Steps[i].Step.Weights is not null).Skip(1)];

        string Dense(in ConvolutionProblem problem, WeightSparsity sparsity) => ConvolutionKernel.Choose(problem, set, "").Name;
    }

    public void Dispose()
    {
        _dense.Dispose();
        _sparse.Dispose();
        _chosen.Dispose();
    }

    internal static int Run(string[] arguments)
    {
        string network = arguments.ElementAtOrDefault(0) ?? "resnet50";
        int repeats = int.Parse(arguments.ElementAtOrDefault(1) ?? "15", CultureInfo.InvariantCulture);
        string[] shares = (arguments.ElementAtOrDefault(2) ?? "0,50,70,80,90,95").Split(',');
        string pattern = arguments.ElementAtOrDefault(3) ?? ZeroPattern.Single;
        Console.WriteLine($"{network}, {InstructionSet.Best.Name}, one thread, zeros {pattern}: time of the dense choice over that of the sparse kernel, median of {repeats} pairs (quartiles)");
        Console.WriteLine($"{"zeros",5} {"shape",-28} {"dense",-10} {"chosen",-10} {"hot",-20} {"cold",-20} {"sparse ms, hot and cold"}");
        foreach (string share in shares)
        {
            Model model = ZeroPattern.Network(network, double.Parse(share, CultureInfo.InvariantCulture) / 100, pattern);
            using var bench = new SparseBench(model, InstructionSet.Best, pattern);
            bench.Report(share, repeats);
        }

        return 0;
    }

    private void Report(string share, int repeats)
    {
        NetworkRun[] runs = [_dense, _sparse, _chosen];
        var times = new double[runs.Length][][];
        Array.ForEach(runs, run => run.Cold()); // the first round is not kept
        for (int i = 0; i < times.Length; i++)
        {
            times[i] = new double[repeats][];
        }

        for (int repeat = 0; repeat < repeats; repeat++)
        {
            for (int i = 0; i < runs.Length; i++)
            {
                times[i][repeat] = runs[i].Cold();
            }
        }

        foreach (IGrouping<string, int> shape in _layers.GroupBy(layer => _dense.Steps[layer].Shape))
        {
            ReportShape(share, shape.Key, [.. shape], times[0], times[1]);
        }

        int[] all = [.. Enumerable.Range(0, _dense.Steps.Length)];
        Console.WriteLine($"{share,4}% the whole network as chosen: {Text(Ratio(times[0], times[2], all))}");
    }

    private void ReportShape(string share, string shape, ImmutableArray<int> layers, double[][] dense, double[][] sparse)
    {
        int first = layers[0];
        (double Dense, double Sparse)[] hot = [.. dense.Select(_ => (_dense.Hot(_dense.Steps[first]), _sparse.Hot(_sparse.Steps[first])))];
        double cold = Statistics.Of(sparse.Select(times => times[first])).Median;
        Console.WriteLine(
            $"{share,4}% {shape,-28} {_dense.Steps[first].Kernel,-10} {_chosen.Steps[first].Kernel,-10} {Text(Statistics.Of(hot.Select(pair => pair.Dense / pair.Sparse))),-20} "
            + $"{Text(Ratio(dense, sparse, layers)),-20} {hot.Min(pair => pair.Sparse) * 1e3,7:F3} {cold * 1e3,7:F3}");
    }

    private static Statistics Ratio(double[][] over, double[][] under, IReadOnlyCollection<int> steps) =>
        Statistics.Of(over.Zip(under, (a, b) => steps.Sum(step => a[step]) / steps.Sum(step => b[step])));

    private static string Text(Statistics ratio) => $"{ratio.Median:F2} ({ratio.Lower:F2}-{ratio.Upper:F2})";
}
