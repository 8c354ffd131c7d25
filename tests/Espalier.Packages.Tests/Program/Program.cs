using Espalier.Formats;
using Espalier.Graphs;
using Espalier.Inference;
using Espalier.Kernels;
using Espalier.Models;
using Espalier.Tensors;

// Builds a network, writes it to the file that it is given, runs it from there and prints the bits of its answer: a program that has Espalier's packages and nothing else of it.
static Value Block(Value x, int channels, int stride)
{
    Value branch = x.Conv2d("conv1", channels, 3, stride, padding: 1).BatchNorm("bn1").Relu("relu1")
        .Conv2d("conv2", channels, 3, padding: 1).BatchNorm("bn2");
    Value shortcut = stride == 1 ? x : x.Conv2d("downsample.0", channels, 1, stride).BatchNorm("downsample.1");
    return shortcut.Add("add", branch).Relu("relu2");
}

var net = new GraphBuilder();
Value x = net.Input(3, 32, 32).Conv2d("conv1", 16, 3, padding: 1).BatchNorm("bn1").Relu("relu");
x = x.In("layer1.0", x => Block(x, 16, 1)).In("layer2.0", x => Block(x, 32, 2));
Graph graph = net.Build(x.GlobalAveragePool("avgpool").Flatten("flatten").Linear("fc", 10));
ModelFile.Write(args[0], new NetworkDefinition(graph, new ModelMetadata { Architecture = "mine" }).Initialize(seed: 1));

using var predictor = new Predictor(ModelFile.Read(args[0]), new PredictorOptions { Threads = 2 });
Shape shape = Shape.Of(1, 3, 32, 32);
Tensor input = Tensor.From<float>(shape, [.. Enumerable.Range(0, 3 * 32 * 32).Select(i => ((i % 17) - 8) / 8f)]);

Console.WriteLine($"vectors: {predictor.InstructionSet.Name}");
Console.WriteLine($"advice: {InstructionSet.Advice ?? "none"}");
foreach (float logit in predictor.Run(input).Read<float>())
{
    Console.WriteLine($"logit: {BitConverter.SingleToUInt32Bits(logit):x8} {logit:R}");
}
