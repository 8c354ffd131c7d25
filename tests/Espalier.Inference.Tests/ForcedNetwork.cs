using Espalier.Execution;
using Espalier.Graphs;
using Espalier.Kernels;
using Espalier.Tensors;
using Espalier.Testing;

namespace Espalier.Inference.Tests;

/// <summary>A small network with a convolution for every kernel; <see cref="ForcedKernelTests"/> runs it here and in processes of its own.</summary>
public sealed class ForcedNetwork
{
    /// <summary>The variable that tells the child which kernel its environment forces.</summary>
    internal const string Kernel = "ESPALIER_TEST_FORCED_KERNEL";

    /// <summary>The same of the instruction set.</summary>
    internal const string Set = "ESPALIER_TEST_FORCED_SET";

    [Fact(Explicit = true)]
    public void It_runs_as_its_environment_says()
    {
        string? set = Environment.GetEnvironmentVariable(Set);
        Assert.True(set is null || InstructionSet.Best.Name == set);
        Check(null, null);
    }

    /// <summary>Runs it and checks its answers and which kernels computed them.</summary>
    internal static void Check(string? kernel, InstructionSet? set)
    {
        Model model = Model();
        Tensor input = CounterFill.Input([2, 3, 21, 19]);
        using var predictor = new Predictor(model, new PredictorOptions { Threads = 2, ConvolutionKernels = kernel, InstructionSet = set });

        Assert.InRange(Difference.Relative(ReferenceExecutor.Run(model, input), predictor.Run(input)), 0, 1e-4);
        Assert.Equal(set ?? InstructionSet.Best, predictor.InstructionSet);
        kernel ??= Environment.GetEnvironmentVariable(Kernel);
        if (kernel is not null)
        {
            Assert.Contains(predictor.Profile(input, 1), step => step.Kernel.Split(' ')[0] == kernel);
        }
    }

    internal static Model Model()
    {
        var net = new GraphBuilder();
        Value x = net.Input(3, 21, 19).Conv2d("stem", 32, 3, stride: 2, padding: 1).BatchNorm("bn").Relu("relu");
        Value y = x.Conv2d("square", 32, 3, padding: 1).Relu("relu_square").Conv2d("point", 32, 1).Add("sum", x);
        Value z = y.Conv2d("depthwise", 32, 3, padding: 1, groups: 32).Conv2d("grouped", 32, 3, padding: 1, groups: 8).Relu6("relu6");
        Graph graph = net.Build(z.GlobalAveragePool("pool").Flatten("flatten").Linear("fc", 5));
        return new Model(graph, RandomGraphs.ParametersFor(graph), ModelMetadata.None);
    }
}
