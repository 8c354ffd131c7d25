using Espalier.Graphs;
using Espalier.Kernels;
using Espalier.Models;
using Espalier.Tensors;
using Espalier.Testing;

namespace Espalier.Inference.Tests;

public class BatchPassesTests
{
    [Theory]
    [InlineData("mobilenet_v2", true)]
    [InlineData("densenet121", true)]
    [InlineData("cifar_resnet20", true)]
    [InlineData("resnet50", false)]
    public void Maps_outweigh_weights_where_networks_are_light(string network, bool expected) =>
        Assert.Equal(expected, Plan(Zoo.Create(network).Initialize(0)).MapsOutweighWeights);

    [Theory]
    [InlineData(8 << 20, 1, 8, 1)]
    [InlineData(8 << 20, 2, 8, 1)]
    [InlineData(8 << 20, 8, 8, 4)]
    [InlineData(8 << 20, 64, 8, 8)]
    [InlineData(8 << 20, 2, 1, 1)]
    [InlineData(1 << 20, 1, 8, 4)] // of 1 MiB each
    [InlineData(1 << 20, 16, 64, 8)]
    [InlineData(1 << 10, 1, 100, 100)]
    public void A_pass_has_images_for_all_threads_and_for_the_cache(int bytesOfImage, int threads, int batch, int expected)
    {
        InferencePlan light = Plan(Light()) with { ArenaLength = bytesOfImage / sizeof(float) };
        Assert.True(light.MapsOutweighWeights);
        Assert.Equal(expected, BatchPasses.ImagesAtOnce(light, batch, threads));
        Assert.Equal(batch, BatchPasses.ImagesAtOnce(light with { MapsOutweighWeights = false }, batch, threads));
    }

    [Fact]
    public void Passes_take_the_memory_of_one_and_give_the_bits_of_images_alone()
    {
        using var predictor = new Predictor(Light(), new PredictorOptions { Threads = 6 }); // three images at once
        Tensor images = CounterFill.Input([7, 3, 256, 256]);
        long before = predictor.MemoryBytes;
        Tensor alone = predictor.Run(Row(images, 6));
        long ofOne = predictor.MemoryBytes;
        Tensor all = predictor.Run(images);

        Assert.Equal([7, 10], all.Shape);
        Assert.True(Row(all, 6).BitEquals(alone));
        Assert.InRange(predictor.MemoryBytes - before, 2.5 * (ofOne - before) / 2, 5 * (ofOne - before)); // arenas of one image and of three, and none of seven
    }

    // Few channels, many pixels.
    private static Model Light()
    {
        var net = new GraphBuilder();
        Graph graph = net.Build(net.Input(3, 256, 256).Conv2d("conv", 8, 3, padding: 1).Relu("relu").GlobalAveragePool("pool").Flatten("flatten").Linear("fc", 10));
        return new Model(graph, RandomGraphs.ParametersFor(graph), ModelMetadata.None);
    }

    private static Tensor Row(Tensor batch, int row)
    {
        int length = (int)batch.Shape.WithoutFirst().Count;
        return Tensor.From(batch.Shape.WithoutFirst().Prepend(1), batch.Read<float>().Slice(row * length, length));
    }

    private static InferencePlan Plan(Model model)
    {
        using var pool = new WorkerPool(1);
        return PlanBuilder.Build(Predictor.Prepared(model, default), new LoweringOptions(InstructionSet.Best, (in ConvolutionProblem _, WeightSparsity _) => null), pool, null);
    }
}
