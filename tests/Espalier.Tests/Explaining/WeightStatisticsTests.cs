using Espalier.Graphs;
using Espalier.Imaging;
using Espalier.Models;
using Espalier.Tensors;

namespace Espalier.Tests;

public class WeightStatisticsTests
{
    [Fact]
    public void Zeros_are_counted_by_value_by_mask_and_in_blocks()
    {
        // two filters of 6 input channels: a block of 4 and one of 2
        Model model = Single(new Conv2d(6, 2, 1), [1, 0, 0, 0, 0, 0, /**/ 0, 0, 0, 0, 3, 4], mask: [1, 1, 1, 1, 1, 0, /**/ 0, 1, 1, 1, 1, 1]);

        LayerWeights layer = model.MeasureWeights().Layers.Single();

        Assert.Equal((12, 9, 2, 6), (layer.Count, layer.Zeros, layer.Masked, layer.ZerosInBlocks));
        Assert.Equal([1.0, 5.0], layer.ChannelNorms);
        Assert.Equal((8.0 / 12, 0f, 4f, 0.75), (layer.Mean, layer.Least, layer.Greatest, layer.Sparsity));
        Assert.Equal(Math.Sqrt((26.0 / 12) - (64.0 / 144)), layer.Deviation, 1e-12);
        Assert.Equal((32, "conv2d", "layer.weight"), (layer.Bits, layer.Kind, layer.Parameter));
        Assert.Null(layer.Before);
    }

    [Fact]
    public void A_masked_weight_is_a_zero_whatever_is_stored()
    {
        Model model = Single(new Conv2d(4, 1, 1), [5, 6, 7, 8], mask: [0, 0, 0, 0]);

        LayerWeights layer = model.MeasureWeights().Layers.Single();

        Assert.Equal((4, 4, 4), (layer.Zeros, layer.Masked, layer.ZerosInBlocks));
        Assert.Equal(1.0, model.MeasureWeights().Sparsity);
    }

    [Fact]
    public void Depthwise_convolutions_have_no_blocks()
    {
        Model model = Single(new Conv2d(4, 4, 1) { Groups = 4 }, [1, 2, 0, 4]);

        Assert.Null(model.MeasureWeights().Layers.Single().ZerosInBlocks);
    }

    [Fact]
    public void Weights_in_8_bits_are_dequantized()
    {
        Graph graph = GraphOf(new Conv2d(2, 2, 1) { QuantizedWeights = true });
        Model model = new(graph, Parameters.From(
        [
            new("layer.weight", new Parameter(Tensor.From<sbyte>([2, 2, 1, 1], [3, -4, 0, 127]))),
            new("layer.weight_scale", new Parameter(Tensor.From([2], 0.5f, 2))),
        ]), ModelMetadata.None);

        LayerWeights layer = model.MeasureWeights().Layers.Single();

        Assert.Equal([2.5, 254.0], layer.ChannelNorms);
        Assert.Equal((8, -2f, 254f, 1), (layer.Bits, layer.Least, layer.Greatest, layer.Zeros));
    }

    [Fact]
    public void Weights_that_are_not_finite_are_refused()
    {
        Model model = Single(new Conv2d(2, 1, 1), [1, float.NaN]);

        Assert.Contains("'layer.weight' has the element NaN at 1", Assert.Throws<EspalierException>(() => model.MeasureWeights()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Channels_that_pruning_left_are_found_by_their_norms()
    {
        Model before = Zoo.Create("cifar_resnet20").Initialize(1);
        before = before.With(before.Parameters.With( // the norms of a new network are all equal
            before.Graph.Parameters.Where(parameter => parameter.Value.Shape.Rank == 1).Select(parameter => KeyValuePair.Create(parameter.Key, new Parameter(CounterFill.Parameter(parameter.Key, parameter.Value.Shape))))));
        Model pruned = before.Prune(PruneOptions.Channels(workLeft: 0.5), cancellation: TestContext.Current.CancellationToken).Model;

        NetworkWeights found = pruned.MeasureWeights(before);

        Assert.Empty(found.Removed);
        LayerWeights stem = found.Layers.Single(layer => layer.Name == "conv1");
        Assert.Equal(stem.ChannelNorms, stem.Before!.Kept!.Value.Select(kept => stem.Before.ChannelNorms[kept])); // its input channels are all left
        LayerWeights[] narrowed = [.. found.Layers.Where(layer => layer.ChannelNorms.Length < layer.Before!.ChannelNorms.Length)];
        Assert.NotEmpty(narrowed);
        Assert.All(narrowed, layer =>
        {
            Assert.Null(layer.Before!.Unpaired);
            Assert.Equal(layer.ChannelNorms.Length, layer.Before.Kept!.Value.Length);
            Assert.Equal(layer.Before.Kept.Value.Order().Distinct(), layer.Before.Kept.Value);
            string norm = layer.Name.Replace("conv", "bn", StringComparison.Ordinal) + ".weight";
            float[] was = before.Parameters[norm].Value.Read<float>().ToArray();
            Assert.Equal(pruned.Parameters[norm].Value.Read<float>().ToArray(), layer.Before.Kept.Value.Select(kept => was[kept]));
        });
    }

    [Fact]
    public void Channels_that_cannot_be_told_from_each_other_are_not_paired()
    {
        Model before = Zoo.Create("cifar_resnet20").Initialize(1); // all norms are equal
        Model pruned = before.Prune(PruneOptions.Channels(workLeft: 0.5), cancellation: TestContext.Current.CancellationToken).Model;

        LayerBefore narrowed = pruned.MeasureWeights(before).Layers.First(layer => layer.ChannelNorms.Length < layer.Before!.ChannelNorms.Length).Before!;

        Assert.Null(narrowed.Kept);
        Assert.Contains("equal biases, scales and norms", narrowed.Unpaired, StringComparison.Ordinal);
    }

    [Fact]
    public void Removed_blocks_are_listed_and_other_networks_refused()
    {
        Model before = Zoo.Create("cifar_resnet20").Initialize(1);
        Model pruned = before.Prune(PruneOptions.Blocks(1), cancellation: TestContext.Current.CancellationToken).Model;

        NetworkWeights found = pruned.MeasureWeights(before);

        Assert.Equal(2, found.Removed.Length);
        Assert.All(found.Layers, layer => Assert.Equal(layer.ChannelNorms, layer.Before!.ChannelNorms));
        Assert.Contains("none of the layers", Assert.Throws<EspalierException>(() => Single(new Conv2d(2, 1, 1), [1, 2]).MeasureWeights(before)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Filters_of_three_channels_are_drawn_in_colour()
    {
        // one filter of 1x2 weights: red is greatest at the left, blue least at the right
        Model model = Single(new Conv2d(3, 1, new Size(1, 2)), [2, 0, /**/ 0, 1, /**/ 0, -2], 3);

        Image image = model.DrawFilters();

        Assert.Equal((36, 20), (image.Width, image.Height)); // 2 weights of 16 pixels, and gaps of 2
        Assert.Equal([255, 255, 255], Pixel(image, 0, 0));
        Assert.Equal([255, 128, 128], Pixel(image, 2, 2));
        Assert.Equal([255, 128, 128], Pixel(image, 17, 17));
        Assert.Equal([128, 192, 1], Pixel(image, 18, 2)); // 128 + 63.5 to even
        Assert.Equal([255, 255, 255], Pixel(image, 34, 18));
    }

    [Fact]
    public void Filters_of_one_channel_are_gray_and_blue_comes_first_where_it_does()
    {
        Image gray = Single(new Conv2d(1, 2, 1), [1, 0], 1).DrawFilters();
        Assert.Equal(((2 * 34) + 2, 36), (gray.Width, gray.Height));
        Assert.Equal([255, 255, 255], Pixel(gray, 2, 2));
        Assert.Equal([128, 128, 128], Pixel(gray, 36, 2));

        Model caffe = Single(new Conv2d(3, 1, 1), [1, 0, 0], 3);
        Image image = caffe.With(caffe.Metadata with { Preprocessing = new Preprocessing { Normalization = Normalization.Caffe } }).DrawFilters();
        Assert.Equal([128, 128, 255], Pixel(image, 2, 2));
    }

    [Fact]
    public void A_network_without_a_convolution_has_no_filters()
    {
        var net = new GraphBuilder();
        Graph graph = net.Build(net.Input(3, 1, 1).Flatten("flatten").Linear("fc", 2));
        Model model = new(graph, Parameters.From(graph.Parameters.Select(parameter => KeyValuePair.Create(parameter.Key, new Parameter(Tensor.Zeros(parameter.Value.Shape))))), ModelMetadata.None);

        Assert.Throws<EspalierException>(() => model.DrawFilters());
    }

    private static byte[] Pixel(Image image, int x, int y) => image.Row(y).Slice(x * Image.Channels, Image.Channels).ToArray();

    private static Graph GraphOf(Conv2d op)
    {
        var net = new GraphBuilder();
        return net.Build(net.Append("layer", op, [net.Input(op.InChannels, 4, 4)]));
    }

    private static Model Single(Conv2d op, float[] weights, float[]? mask) => Single(op, weights, op.InChannels, mask);

    private static Model Single(Conv2d op, float[] weights, int channels = 0, float[]? mask = null)
    {
        Graph graph = GraphOf(op);
        Assert.True(channels == 0 || channels == op.InChannels);
        Shape shape = graph.Parameters[0].Value.Shape;
        return new Model(graph, Parameters.From([new("layer.weight", new Parameter(Tensor.From(shape, weights)) { Mask = mask is null ? null : Tensor.From(shape, mask) })]), ModelMetadata.None);
    }
}
