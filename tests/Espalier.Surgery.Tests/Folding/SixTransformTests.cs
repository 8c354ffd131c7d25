using Espalier.Execution;
using Espalier.Graphs;
using Espalier.Tensors;
using Espalier.Testing;

namespace Espalier.Surgery.Tests;

/// <summary>The six transforms at the size the field checks them: 64 channels, 7x7 pixels, squared differences summed over the output (Ding 2021, Diverse Branch Block).</summary>
public class SixTransformTests
{
    private const double Tolerance = 1e-8;

    [Fact]
    public void Convolution_and_batch_norm() =>
        Check(x => x.Conv2d("conv", 64, 3, padding: 1).BatchNorm("bn"));

    [Fact]
    public void Parallel_sum() =>
        Check(x => x.Conv2d("a", 64, 3, padding: 1, bias: true).Add("sum", x.Conv2d("b", 64, 3, padding: 1, bias: true)));

    [Fact]
    public void Pointwise_then_kernel() =>
        Check(x => x.Conv2d("a", 64, 1).Conv2d("b", 64, 3, padding: 1, bias: true), always: true);

    [Fact]
    public void Concatenation() =>
        Check(x => x.Conv2d("a", 32, 3, padding: 1, bias: true).Concat("cat", x.Conv2d("b", 32, 3, padding: 1, bias: true)));

    [Fact]
    public void Average_pool() =>
        Check(x => x.Conv2d("a", 64, 1, bias: true).AveragePool("pool", 3, 1), always: true);

    [Fact]
    public void Kernels_of_many_sizes() =>
        Check(x => x.Conv2d("a", 64, 3, padding: 1)
            .Add("sum1", x.Conv2d("b", 64, 1))
            .Add("sum2", x.Conv2d("c", 64, (1, 3), padding: (0, 1)))
            .Add("sum3", x.Conv2d("d", 64, (3, 1), padding: (1, 0))));

    private static void Check(Func<Value, Value> block, bool always = false)
    {
        Model model = FoldingNet.Build(64, 7, 7, block);
        Model folded = model.Apply(new LinearFolding(new LinearFoldingOptions { Always = always }));
        Assert.Equal(2, folded.Graph.Nodes.Length);
        Assert.IsType<Conv2d>(folded.Graph.Nodes[1].Op);

        Tensor input = CounterFill.Input([1, 64, 7, 7]);
        double[] before = ReferenceExecutor.Run(model, input).To(ElementType.Float64).Read<double>().ToArray();
        double[] after = ReferenceExecutor.Run(folded, input).To(ElementType.Float64).Read<double>().ToArray();
        Assert.InRange(MapRunner.SquaredDifference(before, after), 0, Tolerance);
    }
}
