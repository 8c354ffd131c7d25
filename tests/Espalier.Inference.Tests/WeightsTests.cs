using Espalier.Execution;
using Espalier.Formats;
using Espalier.Graphs;
using Espalier.Surgery;
using Espalier.Tensors;
using Espalier.Testing;

namespace Espalier.Inference.Tests;

public sealed class WeightsTests : IDisposable
{
    private readonly string _path = Path.Combine(Path.GetTempPath(), $"espalier-{Guid.NewGuid():N}.espalier");

    public void Dispose() => File.Delete(_path);

    [Fact]
    public void Norms_that_are_multiplied_in_while_packing_give_the_bits_of_norms_that_were_folded_before()
    {
        Model model = Normed();
        Model folded = model.Apply(new LinearFolding());
        Assert.DoesNotContain(folded.Graph.Nodes, node => node.Op is BatchNorm && node.Name != "alone");
        using var direct = new Predictor(model, new PredictorOptions { Threads = 1 });
        using var before = new Predictor(folded, new PredictorOptions { Threads = 1 });
        Tensor input = CounterFill.Input([2, 3, 20, 20]);

        Assert.True(before.Run(input).BitEquals(direct.Run(input)));
        Assert.DoesNotContain(direct.Profile(input, 1), step => step.Kernel.StartsWith("scale", StringComparison.Ordinal) && step.Name != "relu_alone");
        Assert.InRange(Difference.Relative(ReferenceExecutor.Run(model, input), direct.Run(input)), 0, 1e-5);
    }

    [Fact]
    public void A_model_in_a_file_is_run_as_one_in_memory()
    {
        Model model = Normed();
        ModelFile.Write(_path, model);
        Tensor input = CounterFill.Input([1, 3, 20, 20]);
        using var memory = new Predictor(model);
        using var file = new Predictor(ModelFile.Read(_path));

        Assert.True(memory.Run(input).BitEquals(file.Run(input)));
        Tensor other = CounterFill.Input([1, 3, 32, 24]);
        Assert.True(memory.Run(other).BitEquals(file.Run(other)));
    }

    [Fact]
    public void Plans_of_several_shapes_share_packed_weights_and_give_the_same_as_a_plan_of_their_own()
    {
        Model model = Normed();
        var options = new PredictorOptions { Threads = 1, ConvolutionKernels = "direct" };
        using var shared = new Predictor(model, options);
        long one = shared.MemoryBytes;
        Tensor other = CounterFill.Input([1, 3, 28, 20]);
        Tensor result = shared.Run(other);
        long arena = shared.MemoryBytes - one;
        using var own = new Predictor(model.WithInput([3, 28, 20]), options);
        Tensor expected = own.Run(other);

        Assert.True(expected.BitEquals(result));
        long packed = one; // before it has run, a predictor holds weights alone
        Assert.InRange(arena, 1, own.MemoryBytes - packed);
    }

    [Fact]
    public void A_predictor_for_one_shape_says_so_when_it_is_given_another()
    {
        using var predictor = new Predictor(Normed(), new PredictorOptions { SingleShape = true });
        predictor.Run(CounterFill.Input([2, 3, 20, 20]));

        string message = Assert.Throws<EspalierException>(() => predictor.Run(CounterFill.Input([1, 3, 21, 20]))).Message;
        Assert.Contains("3x20x20", message, StringComparison.Ordinal);
        Assert.Contains("3x21x20", message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_predictor_for_one_shape_lets_go_of_the_model()
    {
        (Predictor predictor, WeakReference weights) = Make();
        for (int i = 0; i < 3; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        Assert.False(weights.IsAlive);
        predictor.Dispose();

        [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
        static (Predictor, WeakReference) Make()
        {
            Model model = Normed();
            return (new Predictor(model, new PredictorOptions { SingleShape = true }), new WeakReference(model.Parameters["conv.weight"].Value));
        }
    }

    private static Model Normed()
    {
        var net = new GraphBuilder();
        Value x = net.Input(3, 20, 20);
        Value y = x.Conv2d("conv", 24, 3, padding: 1).BatchNorm("bn").Relu("relu");
        Value z = y.Conv2d("one", 24, 1, bias: true).BatchNorm("bn_one").Conv2d("two", 24, 3, padding: 1).BatchNorm("bn_two");
        Value sum = z.Add("sum", y).Relu("relu_sum").BatchNorm("alone").Relu("relu_alone");
        Value pooled = sum.Conv2d("depthwise", 24, 3, padding: 1, groups: 24).BatchNorm("bn_depthwise").GlobalAveragePool("pool").Flatten("flatten");
        Graph graph = net.Build(pooled.Linear("fc", 7).BatchNorm("bn_fc"));
        return new Model(graph, RandomGraphs.ParametersFor(graph), ModelMetadata.None);
    }
}
