using Espalier.Data;
using Espalier.Graphs;
using Espalier.Imaging;
using Espalier.Inference;
using Espalier.Models;
using Espalier.Tensors;
using Espalier.Testing;

namespace Espalier.Onnx.Tests;

/// <summary>Graphs that take pixels.</summary>
public sealed class PreprocessingExportTests
{
    public static TheoryData<string> Kinds => ["imagenet", "caffe", "keras", "gray", "mean image"];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Pixels_become_the_same_floats_in_ONNX_Runtime(string kind)
    {
        Shape shape = [kind == "gray" ? 1 : 3, 5, 7];
        var net = new GraphBuilder();
        Graph graph = net.Build(net.Input(shape));
        Model model = new(graph, Graphs.Parameters.Empty, ModelMetadata.None with { Preprocessing = new Preprocessing { Normalization = Of(kind, shape) } });
        var pixels = new PixelBuffer();
        CounterFill.Stream("pixels", [5 * 7 * 3], 0, 255.99).Read<float>().ToArray().Select(value => (byte)value).ToArray().CopyTo(pixels.Reset(7, 5));
        if (kind == "gray")
        {
            for (int i = 0; i < pixels.Pixels.Length; i++)
            {
                pixels.Pixels[i] = pixels.Pixels[i - (i % 3)]; // equal red, green and blue
            }
        }

        byte[] bytes = [.. pixels.Pixels.ToArray().Where((_, i) => kind != "gray" || i % 3 == 0)];
        Tensor expected = InputPipeline.Of(model).Run(pixels.ToImage());
        Tensor actual = ExportCheck.Run(model, new() { WithPreprocessing = true }, Tensor.From<byte>([1, 5, 7, shape[0]], bytes)).Single();
        Assert.Equal(shape.Prepend(1), actual.Shape);
        Assert.Equal(expected.Read<float>(), actual.Read<float>());
    }

    [Fact]
    public void A_photograph_resized_and_cropped_gets_the_same_probabilities_in_ONNX_Runtime()
    {
        NetworkDefinition definition = Zoo.Create("mobilenet_v2");
        Model model = definition.With(RandomGraphs.ParametersFor(definition.Graph));
        Assert.NotNull(model.Metadata.Preprocessing);
        InputPipeline pipeline = InputPipeline.Of(model);
        var pixels = new PixelBuffer();
        pixels.Set(ImageDecoder.Decode(Kit.Path("imagenet/dog.jpg")));
        float[] input = new float[pipeline.Shape.Count];
        pipeline.Run(pixels, new CounterRandom(0), input);

        using IRunnable runnable = CpuRuntime.Instance.Prepare(model, new RunOptions { Threads = 1 });
        double[] logits = Array.ConvertAll(runnable.Run(Tensor.From(pipeline.Shape.Prepend(1), input)).Read<float>().ToArray(), value => (double)value);
        double sum = logits.Sum(logit => Math.Exp(logit - logits.Max()));
        float[] probabilities = [.. logits.Select(logit => (float)(Math.Exp(logit - logits.Max()) / sum))];

        Tensor taken = Tensor.From<byte>([1, 224, 224, 3], pixels.Pixels);
        IReadOnlyList<Tensor> actual = ExportCheck.Run(model, new() { WithPreprocessing = true }, taken);
        ExportCheck.Compare([Tensor.From([1, 1000], probabilities)], actual, ExportCheck.Tolerance, "dog.jpg");
    }

    [Fact]
    public void The_metadata_say_what_is_left_to_do_before_the_graph()
    {
        NetworkDefinition definition = Zoo.Create("resnet18");
        Model model = definition.With(RandomGraphs.ParametersFor(definition.Graph));
        using var folder = new TemporaryFolder();
        OnnxWriter.Write(model, folder["net.onnx"], new() { WithPreprocessing = true });
        using var oracle = new OnnxRuntimeOracle(folder["net.onnx"]);
        Assert.Equal(["pixels"], oracle.Inputs);
        Assert.Equal(["probabilities"], oracle.Outputs);
        Assert.Equal("normalization", oracle.Metadata["preprocessing_in_graph"]);
        Assert.Equal("uint8 RGB pixels [batch, 224, 224, 3]: the shorter side resized to 256 (bilinear), 224x224 cropped at the centre, 0 to 255", oracle.Metadata["input"]);
    }

    [Fact]
    public void A_model_without_preprocessing_or_images_is_refused()
    {
        var net = new GraphBuilder();
        Graph graph = net.Build(net.Input(3, 4, 4).Relu("relu"));
        var model = new Model(graph, Graphs.Parameters.Empty, ModelMetadata.None);
        Assert.Contains("does not say how images become inputs", Assert.Throws<EspalierException>(() => ModelExport.Create(model, new() { WithPreprocessing = true })).Message, StringComparison.Ordinal);
        Model five = new(OfChannels(5), Graphs.Parameters.Empty, ModelMetadata.None with { Preprocessing = Preprocessing.ImageNet });
        Assert.Contains("not colour or gray images", Assert.Throws<EspalierException>(() => ModelExport.Create(five, new() { WithPreprocessing = true })).Message, StringComparison.Ordinal);
        Model gray = new(OfChannels(1), Graphs.Parameters.Empty, ModelMetadata.None with { Preprocessing = Preprocessing.ImageNet });
        Assert.Contains("not 1 numbers each", Assert.Throws<EspalierException>(() => ModelExport.Create(gray, new() { WithPreprocessing = true })).Message, StringComparison.Ordinal);
    }

    private static Graph OfChannels(int channels)
    {
        var net = new GraphBuilder();
        return net.Build(net.Input(channels, 4, 4).Relu("relu"));
    }

    private static Normalization Of(string kind, Shape shape) => kind switch
    {
        "imagenet" => Normalization.ImageNet,
        "caffe" => Normalization.Caffe,
        "keras" => new Normalization([127.5f, 127.5f, 127.5f], [127.5f, 127.5f, 127.5f]) { Range = PixelRange.Byte },
        "gray" => Normalization.Mnist,
        _ => Normalization.Caffe with { StandardDeviation = [2, 3, 4], MeanImage = ValueList.Create(CounterFill.Stream("mean image", shape, 0, 100).Read<float>()) },
    };
}
