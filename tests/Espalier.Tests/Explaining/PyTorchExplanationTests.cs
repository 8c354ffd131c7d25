using System.Globalization;
using Espalier.Graphs;
using Espalier.Imaging;
using Espalier.Tensors;

namespace Espalier.Tests.Explaining;

/// <summary>Class activation maps and gradients by the input against PyTorch's (tests/oracle/make_explanations.py).</summary>
public class PyTorchExplanationTests
{
    private const double Tolerance = 1e-3; // of the greatest value; ReLUs that are nearly 0 may open in float and not in double

    public static TheoryData<string, string, string> Rows => [.. Read().Select(row => (row[0], row[1], row[2]))];

    [Theory]
    [MemberData(nameof(Rows))]
    public void PyTorch_explains_alike(string network, string kind, string node)
    {
        string[] row = Read().Single(row => row[0] == network && row[1] == kind && row[2] == node);
        float[] expected = [.. row[5].Split(' ').Select(value => float.Parse(value, CultureInfo.InvariantCulture))];
        string[] size = Read().Single(row => row[0] == network && row[1].StartsWith("unit", StringComparison.Ordinal))[4].Split('x');
        using var explainer = new PhotoExplainer(ModelOf(network, int.Parse(size[0], CultureInfo.InvariantCulture), int.Parse(size[1], CultureInfo.InvariantCulture)));
        ExplainedPhoto photo = explainer.Read(Picture(explainer.Model.Graph.ShapeOf("input")));

        float[] actual = Compute(explainer, photo, kind, node, row[3]);

        float greatest = expected.Select(Math.Abs).Max();
        Assert.Equal(expected.Length, actual.Length);
        Assert.All(expected.Zip(actual), pair => Assert.Equal(pair.First, pair.Second, Tolerance * greatest));
    }

    private static float[] Compute(PhotoExplainer explainer, ExplainedPhoto photo, string kind, string node, string output)
    {
        if (kind == "logits")
        {
            return [.. photo.Predictions.OrderBy(prediction => prediction.Class).Select(prediction => prediction.Logit)];
        }

        if (kind.StartsWith("unit ", StringComparison.Ordinal))
        {
            int[] unit = [.. kind[5..].Split(',').Select(part => int.Parse(part, CultureInfo.InvariantCulture))];
            return explainer.ReceptiveField(photo, node, unit[0], unit[1]).Values.ToArray();
        }

        ClassActivationMethod method = Enum.GetValues<ClassActivationMethod>().Single(method => ClassActivationMap.NameOf(method) == kind);
        var options = new ClassActivationOptions { Method = method, Node = method == ClassActivationMethod.Cam ? null : node, Class = int.Parse(output, CultureInfo.InvariantCulture) };
        ClassActivationMap map = explainer.ClassActivation(photo, options, cancellation: TestContext.Current.CancellationToken);
        Assert.StartsWith(node, map.Node, StringComparison.Ordinal);
        return map.Values.ToArray();
    }

    private static string[][] Read() => [.. Table.Rows(OracleFiles.Path("explanations.tsv.gz"))];

    private static Model ModelOf(string network, int height, int width)
    {
        string name = network == "cifar_resnet8_b" ? "cifar_resnet8_b" : network;
        NetworkDefinition definition = OracleNetworks.Create(name, [3, height, width]);
        Graph graph = definition.Graph;
        var preprocessing = new Preprocessing { Normalization = new Normalization([0.5f, 0.5f, 0.5f], [0.25f, 0.25f, 0.25f]) };
        return new Model(graph, RandomGraphs.ParametersFor(graph), definition.Metadata with { Labels = [], Preprocessing = preprocessing });
    }

    private static Image Picture(Shape input)
    {
        byte[] pixels = new byte[input.Count];
        for (int i = 0; i < pixels.Length; i++)
        {
            (int x, int y, int c) = (i / 3 % input[2], i / 3 / input[2], i % 3);
            pixels[i] = (byte)((7 * x) + (13 * y) + (29 * c) + (x * y));
        }

        return new Image(input[2], input[1], pixels);
    }
}
