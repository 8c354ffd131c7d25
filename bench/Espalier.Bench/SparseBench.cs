using System.Globalization;
using Espalier.Bench.Measuring;
using Espalier.Kernels;
using Espalier.Tensors;

namespace Espalier.Bench;

/// <summary>Times a network's 1x1 and 3x3 convolutions with zeros in their weights: the sparse kernel beside the one that is chosen for dense weights.</summary>
/// <remarks>Both are timed in turn, so that what else the machine does meets both; what is reported is the median of the pairs' ratios.</remarks>
internal sealed class SparseBench
{
    private const int HotRuns = 4; // of one kernel before the other's turn; the first warms the cache and is not timed
    private readonly List<ConvolutionLayer> _layers;
    private readonly PackedConvolution[] _dense;
    private readonly PackedConvolution[] _sparse;
    private readonly PackedConvolution[] _chosen;
    private readonly Memory<float>[] _buffers;
    private readonly Memory<float> _scratch;

    private SparseBench(List<ConvolutionLayer> layers, InstructionSet set, double zeros, string pattern)
    {
        _layers = layers;
        float[][] weights = [.. layers.Select(layer => ZeroPattern.Weights(layer, zeros, pattern))];
        _dense = [.. layers.Zip(weights, (layer, values) => Pack(layer, set, values, "", dense: true))];
        _sparse = [.. layers.Zip(weights, (layer, values) => Pack(layer, set, values, pattern == ZeroPattern.FourOutputs ? "sparse4x1" : "sparse", dense: false))];
        _chosen = [.. layers.Zip(weights, (layer, values) => Pack(layer, set, values, "", dense: false))];
        PackedConvolution[] all = [.. _dense, .. _sparse, .. _chosen];
        _buffers = [.. Enumerable.Range(0, 5).Select(_ => AlignedMemory.Allocate<float>(all.Max(packed => Math.Max(packed.Problem.Input.Length, packed.Problem.Output.Length))))];
        _scratch = AlignedMemory.Allocate<float>(all.Max(packed => packed.ScratchLength));
    }

    internal static int Run(string[] arguments)
    {
        string network = arguments.ElementAtOrDefault(0) ?? "resnet50";
        int repeats = int.Parse(arguments.ElementAtOrDefault(1) ?? "15", CultureInfo.InvariantCulture);
        string[] shares = (arguments.ElementAtOrDefault(2) ?? "0,50,70,80,90,95").Split(',');
        string pattern = arguments.ElementAtOrDefault(3) ?? ZeroPattern.Single;
        List<ConvolutionLayer> layers = [.. ResNetLayers.Of(network).Where(layer => layer.Kernel is 1 or 3)];
        Console.WriteLine($"{network}, {InstructionSet.Best.Name}, one thread, zeros {pattern}: time of the dense choice over that of the sparse kernel, median of {repeats} pairs (quartiles)");
        Console.WriteLine($"{"zeros",5} {"shape",-24} {"dense",-10} {"chosen",-10} {"hot",-20} {"cold",-20} {"sparse ms, hot and cold"}");
        foreach (string share in shares)
        {
            new SparseBench(layers, InstructionSet.Best, double.Parse(share, CultureInfo.InvariantCulture) / 100, pattern).Report(share, repeats);
        }

        return 0;
    }

    private static PackedConvolution Pack(ConvolutionLayer layer, InstructionSet set, float[] weights, string kernels, bool dense)
    {
        ConvolutionProblem problem = layer.Problem(set.Lanes, inputBorder: layer.Kernel / 2);
        WeightSparsity sparsity = dense ? default : WeightSparsity.Of(weights, layer.Outputs);
        return ConvolutionKernel.Choose(problem, set, kernels, sparsity).Pack(problem, weights, new float[layer.Outputs]);
    }

    private void Report(string share, int repeats)
    {
        (double[][] coldDense, double[][] coldSparse, double[][] coldChosen) = (Cold(), Cold(), Cold());
        for (int repeat = -1; repeat < repeats; repeat++) // the first round is not kept
        {
            foreach ((PackedConvolution[] packed, double[][] times) in new[] { (_dense, coldDense), (_sparse, coldSparse), (_chosen, coldChosen) })
            {
                for (int i = 0; i < _layers.Count; i++)
                {
                    times[i][Math.Max(0, repeat)] = Time(packed, i);
                }
            }
        }

        foreach (IGrouping<string, int> shape in Enumerable.Range(0, _layers.Count).GroupBy(Shape))
        {
            int first = shape.First();
            double hotTime = Enumerable.Range(0, repeats).Min(_ => Hot(_sparse, first));
            double coldTime = Statistics.Of(coldSparse[first]).Median;
            Statistics hot = Statistics.Of(Enumerable.Range(0, repeats).Select(_ => Hot(_dense, first) / Hot(_sparse, first)));
            Statistics cold = Statistics.Of(Enumerable.Range(0, repeats).Select(repeat => Sum(coldDense, shape, repeat) / Sum(coldSparse, shape, repeat)));
            Console.WriteLine($"{share,4}% {shape.Key,-24} {_dense[first].KernelName,-10} {_chosen[first].KernelName,-10} {Text(hot),-20} {Text(cold),-20} {hotTime * 1e3,7:F3} {coldTime * 1e3,7:F3}");
        }

        int[] all = [.. Enumerable.Range(0, _layers.Count)];
        Statistics whole = Statistics.Of(Enumerable.Range(0, repeats).Select(repeat => Sum(coldDense, all, repeat) / Sum(coldChosen, all, repeat)));
        Console.WriteLine($"{share,4}% all layers as chosen, in the network's order: {Text(whole)}");
        double[][] Cold() => [.. _layers.Select(_ => new double[repeats])];
    }

    private string Shape(int index)
    {
        ConvolutionLayer layer = _layers[index];
        return $"{layer.Inputs}->{layer.Outputs} {layer.Kernel}x{layer.Kernel}/{layer.Stride} @{layer.Size}";
    }

    private static string Text(Statistics ratio) => $"{ratio.Median:F2} ({ratio.Lower:F2}-{ratio.Upper:F2})";

    private static double Sum(double[][] times, IEnumerable<int> layers, int repeat) => layers.Sum(layer => times[layer][repeat]);

    private double Hot(PackedConvolution[] packed, int index)
    {
        Time(packed, index);
        return Enumerable.Range(1, HotRuns - 1).Min(_ => Time(packed, index));
    }

    private double Time(PackedConvolution[] packed, int index) => LayerTime.Seconds(_layers[index], packed[index], _buffers, _scratch);
}
