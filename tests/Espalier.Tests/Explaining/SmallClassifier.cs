using Espalier.Graphs;
using Espalier.Imaging;
using Espalier.Tensors;

namespace Espalier.Tests.Explaining;

/// <summary>A network whose values can be computed by hand: two maps, one of red and one of green, their means, and two classes with weights (1, −1) and (0, 2).</summary>
internal static class SmallClassifier
{
    internal const int Side = 4;

    internal static Preprocessing Plain { get; } = new() { Normalization = new Normalization([0, 0, 0], [1, 1, 1]) };

    internal static Model Create(Preprocessing? preprocessing = null, bool hasSoftmax = false)
    {
        var net = new GraphBuilder();
        Value x = net.Input(3, Side, Side).Conv2d("conv", 2, 1).Relu("relu").GlobalAveragePool("pool").Flatten("flatten").Linear("fc", 2);
        Graph graph = net.Build(hasSoftmax ? x.Softmax("softmax") : x);
        var parameters = new Dictionary<string, Parameter>
        {
            ["conv.weight"] = new(Tensor.From([2, 3, 1, 1], 1, 0, 0, 0, 1, 0)),
            ["fc.weight"] = new(Tensor.From([2, 2], 1, -1, 0, 2)),
            ["fc.bias"] = new(Tensor.From([2], 0.5f, -0.25f)),
        };
        return new Model(graph, Parameters.From(parameters), new ModelMetadata { Labels = ["red", "green"], Preprocessing = preprocessing ?? Plain });
    }

    /// <summary>A black picture with pixels of one colour.</summary>
    internal static Image Picture(int width, int height, params (int X, int Y, byte Red, byte Green)[] points)
    {
        byte[] pixels = new byte[width * height * 3];
        foreach ((int x, int y, byte red, byte green) in points)
        {
            (pixels[((y * width) + x) * 3], pixels[(((y * width) + x) * 3) + 1]) = (red, green);
        }

        return new Image(width, height, pixels);
    }
}
