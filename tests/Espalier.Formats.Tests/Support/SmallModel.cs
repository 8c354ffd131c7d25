using Espalier.Graphs;

namespace Espalier.Formats.Tests.Support;

/// <summary>A small model with everything that a model file must keep.</summary>
internal static class SmallModel
{
    public static Model Make(ulong seed)
    {
        Graph graph = new(
            [
                new Node("input", new Input([3, 8, 8]), []),
                new Node("conv1", new Conv2d(3, 4, 3) { Padding = 1, Bias = true }, ["input"]),
                new Node("bn1", new BatchNorm(4, 1e-3, 0.05), ["conv1"]),
                new Node("relu", new Relu(), ["bn1"]),
                new Node("conv2", new Conv2d(4, 4, 3) { Padding = 1 }, ["relu"]),
                new Node("conv3", new Conv2d(4, 4, 3) { Padding = 1 }, ["conv2"], ["conv2.weight"]),
                new Node("add", new Add(), ["relu", "conv3"]),
                new Node("pool", new AdaptiveAveragePool(1), ["add"]),
                new Node("flatten", new Flatten(), ["pool"]),
                new Node("fc", new Linear(4, 2), ["flatten"]),
            ],
            ["fc", "pool"]);
        var metadata = new ModelMetadata
        {
            Architecture = "small",
            Labels = ["tench, Tinca tinca", "\"goldfish\" 金魚 \\ \u0001"],
            Preprocessing = Preprocessing.ImageNet with
            {
                Stretch = (9, 8),
                Interpolation = Interpolation.Bicubic,
                Normalization = Normalization.ImageNet with { Order = ChannelOrder.Bgr, Range = PixelRange.Byte, MeanImage = ValueList.From(Enumerable.Range(0, 3 * 8 * 8).Select(i => i / 4f)) },
            },
            Stages = [new Stage("conv1", ["conv1", "bn1"]), new Stage("conv2_x", ["conv2"])],
            Lineage =
            [
                new LineageEntry("prune", [new LineageSetting("amount", "0.2")], [new LineageResult("top1", 0.1 + 0.2), new LineageResult("loss", double.NaN)]),
                new LineageEntry("fold", [], [new LineageResult("speed-up", double.PositiveInfinity)]),
            ],
        };
        return new Model(graph, Parameters.From(graph.Parameters.Select(p => KeyValuePair.Create(p.Key, Fill(seed, p.Key, p.Value)))), metadata);
    }

    private static Parameter Fill(ulong seed, string name, ParameterSpec spec)
    {
        Tensor value = Tensor.Zeros(spec.Shape, spec.IsCounter ? ElementType.Int64 : ElementType.Float32);
        if (spec.IsCounter)
        {
            value.Write<long>()[0] = (1L << 53) + 1; // more than a double can tell apart
        }
        else
        {
            CounterRandom random = new CounterRandom(seed).Stream(name);
            Span<float> numbers = value.Write<float>();
            for (int i = 0; i < numbers.Length; i++)
            {
                numbers[i] = (float)random.Normal((ulong)i);
            }
        }

        Tensor? mask = name == "conv2.weight" ? Tensor.From(spec.Shape, [.. Enumerable.Range(0, (int)spec.Shape.Count).Select(i => (float)(i % 2))]) : null;
        return new Parameter(value) { Trainable = !spec.IsBuffer && name != "conv1.bias", Mask = mask };
    }
}
