using Espalier.Execution;
using Espalier.Graphs;
using Espalier.Models;
using Espalier.Tensors;

namespace Espalier.Training.Tests.Transfer;

/// <summary>A network for images of another size or number of channels.</summary>
public sealed class InputReplacementTests
{
    private readonly Model _model = Zoo.Create("cifar_resnet8").Initialize(1);

    [Theory(DisplayName = "Faults: finetune adapts the first convolution to another number of channels")]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(6)]
    public void Equal_channels_give_the_same_outputs(int channels)
    {
        Model changed = new InputReplacement(channels, 32).Apply(_model);
        float[] gray = [.. Enumerable.Range(0, 32 * 32).Select(i => (i % 17) / 17f)];
        float[] before = Outputs(_model, 3, gray), after = Outputs(changed, channels, gray);
        Assert.All(before.Zip(after), pair => Assert.Equal(pair.First, pair.Second, 1e-4));
        Assert.Equal(channels, changed.Metadata.Preprocessing!.Normalization.Channels);
    }

    [Fact]
    public void A_gray_network_gets_colours_and_another_size()
    {
        Model gray = new InputReplacement(1, 32).Apply(_model);
        Model changed = new InputReplacement(3, 48).Apply(gray);
        Assert.Equal("3x48x48", changed.Graph.ShapeOf(changed.Graph.Input.Name).ToString());
        Assert.Equal(48, changed.Metadata.Preprocessing!.Crop!.Value.Width);
        Assert.Equal(["replace input", "replace input"], changed.Metadata.Lineage.Select(entry => entry.Action));
        Assert.Empty(new InputReplacement(3, 48).Plan(changed).Patches);
    }

    [Fact]
    public void Other_readers_of_the_input_are_named()
    {
        var net = new GraphBuilder();
        Graph graph = net.Build(net.Input(3, 8, 8).BatchNorm("norm").Conv2d("conv", 4, 3));
        Model model = new NetworkDefinition(graph, ModelMetadata.None).Initialize(1);
        Assert.Contains("norm", Assert.Throws<GraphException>(() => new InputReplacement(1, 8).Apply(model)).Message, StringComparison.Ordinal);
    }

    private static float[] Outputs(Model model, int channels, float[] gray)
    {
        float[] input = [.. Enumerable.Range(0, channels).SelectMany(_ => gray)];
        return ReferenceExecutor.Run(model, Tensor.From<float>([1, channels, 32, 32], input)).Read<float>().ToArray();
    }
}
