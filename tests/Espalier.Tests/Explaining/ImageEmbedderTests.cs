using Espalier.Graphs;
using Espalier.Imaging;
using Espalier.Models;
using Espalier.Tensors;

namespace Espalier.Tests;

public sealed class ImageEmbedderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Distances_are_those_of_the_angle()
    {
        Assert.Equal(0, ImageEmbedder.Distance([1, 2], [2, 4]), 1e-15);
        Assert.Equal(1, ImageEmbedder.Distance([1, 0], [0, 3]), 1e-15);
        Assert.Equal(2, ImageEmbedder.Distance([1, 0], [-5, 0]), 1e-15);
        Assert.Equal(1 - Math.Sqrt(0.5), ImageEmbedder.Distance([1, 0], [1, 1]), 1e-15);
        Assert.Equal(1, ImageEmbedder.Distance([0, 0], [1, 1]));
    }

    [Fact]
    public void The_embedding_is_what_the_last_layer_reads()
    {
        // the mean of each colour, without normalization: bytes
        var net = new GraphBuilder();
        Model model = WithWeights(net.Build(net.Input(3, 2, 2).GlobalAveragePool("pool").Flatten("flatten").Linear("fc", 2).Softmax("softmax")));
        using var embedder = new ImageEmbedder(model);

        Assert.Equal(("flatten", 3), (embedder.Node, embedder.Length));
        Assert.Equal([10f, 20f, 30f], embedder.Embed(Write("a.png", 10, 20, 30)));
        Write("reddish.png", 200, 20, 30);
        Write("same.png", 20, 40, 60);
        Write("blueish.png", 10, 20, 60);
        _folder.Write("broken.png", 1, 2);

        NearestImages nearest = embedder.FindNearest(_folder["a.png"], [_folder.Path], 2, cancellation: TestContext.Current.CancellationToken);

        Assert.Equal(["same.png", "blueish.png"], nearest.Neighbours.Select(neighbour => Path.GetFileName(neighbour.Name)));
        Assert.Equal((3, 1), (nearest.Compared, nearest.Unreadable.Count));
        Assert.Equal(0, nearest.Neighbours[0].Distance, 1e-12);
        Assert.Equal(1 - (2300 / Math.Sqrt(1400 * 4100.0)), nearest.Neighbours[1].Distance, 1e-12);
    }

    [Fact]
    public void A_last_convolution_reads_the_mean_of_its_map()
    {
        var net = new GraphBuilder();
        Model model = WithWeights(net.Build(net.Input(3, 2, 2).Relu("relu").Conv2d("classifier", 2, 1).Relu("last").GlobalAveragePool("pool").Flatten("flatten")));
        using var embedder = new ImageEmbedder(model);
        PngEncoder.Save(new Image(2, 2, [0, 1, 2, 4, 5, 6, 8, 9, 10, 12, 13, 14]), _folder["a.png"]);

        Assert.Equal("relu", embedder.Node);
        Assert.Equal([6f, 7f, 8f], embedder.Embed(_folder["a.png"]));
    }

    [Fact]
    public void Embeddings_of_a_residual_network_are_the_pooled_features()
    {
        Model model = Zoo.Create("cifar_resnet8").Initialize(1);
        using var embedder = new ImageEmbedder(model);
        PngEncoder.Save(TinyData.Picture(3), _folder["a.png"]);

        float[] found = embedder.Embed(_folder["a.png"]);

        Assert.Equal(("flatten", 64), (embedder.Node, embedder.Length));
        NodeActivations node = model.MeasureActivations(_folder.Path, cancellation: TestContext.Current.CancellationToken).Nodes.Single(node => node.Name == "flatten");
        Assert.Equal(node.Mean, found.Average(), 1e-5);
        Assert.Equal(node.Greatest, found.Max(), 1e-4);
    }

    [Fact]
    public void Errors_say_what_is_wrong()
    {
        Model model = Zoo.Create("cifar_resnet8").Initialize(1);
        using var embedder = new ImageEmbedder(model);
        PngEncoder.Save(TinyData.Picture(3), _folder["a.png"]);
        string broken = _folder.Write("broken.png", 1, 2);

        Assert.Contains("broken.png", Assert.Throws<EspalierException>(() => embedder.Embed(broken)).Message, StringComparison.Ordinal);
        Assert.Contains("is a folder", Assert.Throws<EspalierException>(() => embedder.Embed(_folder.Path)).Message, StringComparison.Ordinal);
        Assert.Contains("nowhere.png", Assert.Throws<EspalierException>(() => embedder.Embed("nowhere.png")).Message, StringComparison.Ordinal);
        Assert.Contains("nowhere", Assert.Throws<EspalierException>(() => Nearest(embedder, _folder["a.png"], "nowhere")).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => Nearest(embedder, _folder["a.png"], _folder.Path, 0));

        var net = new GraphBuilder();
        Value x = net.Input(3, 1, 1);
        Graph sum = net.Build(x.Conv2d("a", 2, 1).Add("sum", x.Conv2d("b", 2, 1)).Flatten("flatten"));
        Assert.Contains("'sum' (add) has 2 inputs", Assert.Throws<EspalierException>(() => new ImageEmbedder(WithWeights(sum))).Message, StringComparison.Ordinal);
        embedder.Dispose();
        Assert.Throws<ObjectDisposedException>(() => embedder.Embed(_folder["a.png"]));
    }

    private static NearestImages Nearest(ImageEmbedder embedder, string image, string folder, int count = 5) => embedder.FindNearest(image, [folder], count, cancellation: TestContext.Current.CancellationToken);

    private string Write(string name, byte red, byte green, byte blue)
    {
        PngEncoder.Save(new Image(2, 2, [red, green, blue, red, green, blue, red, green, blue, red, green, blue]), _folder[name]);
        return _folder[name];
    }

    private static Model WithWeights(Graph graph) => new(
        graph,
        Parameters.From(graph.Parameters.Select(parameter => KeyValuePair.Create(parameter.Key, new Parameter(CounterFill.Parameter(parameter.Key, parameter.Value.Shape))))),
        ModelMetadata.None with { Preprocessing = new Preprocessing { Normalization = new Normalization([0, 0, 0], [1, 1, 1]) { Range = PixelRange.Byte } } });
}
