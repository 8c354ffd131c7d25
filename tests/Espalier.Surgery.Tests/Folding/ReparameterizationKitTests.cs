using System.Globalization;
using Espalier.Execution;
using Espalier.Formats;
using Espalier.Graphs;
using Espalier.Tensors;
using Espalier.Testing;

namespace Espalier.Surgery.Tests;

/// <summary>Blocks that their authors trained and collapsed with their own code: folding their graphs gives the authors' layer and output.</summary>
public class ReparameterizationKitTests
{
    private const double Tolerance = 1e-5;

    [Theory]
    [InlineData("acnet_id")]
    [InlineData("dbb_id")]
    [InlineData("repvgg_id")]
    [InlineData("repvgg_stride2")]
    [InlineData("mobileone_k4")]
    public void A_trained_block_folds_into_the_authors_layer(string name)
    {
        StateDict trained = CheckpointReader.Read(Kit.Path($"reparam/{name}.train.pt")).StateDict;
        StateDict deployed = CheckpointReader.Read(Kit.Path($"reparam/{name}.deploy.pt")).StateDict;
        Tensor input = NumpyFile.Read(Kit.Path($"reparam/{name}.x.npy"));
        Model model = Block(name, trained, input.Shape.WithoutFirst());

        Model folded = model.Apply(FoldingNet.Fold);

        Node layer = Assert.Single(folded.Graph.Nodes, node => node.Op is not (Input or Relu));
        foreach (string role in new[] { "weight", "bias" })
        {
            Tensor expected = deployed.Single(entry => entry.Key.EndsWith(role, StringComparison.Ordinal)).Value;
            AssertClose(expected, folded.Value(layer, role), $"{name} {role}");
        }

        AssertClose(NumpyFile.Read(Kit.Path($"reparam/{name}.y_train.npy")), ReferenceExecutor.Run(model, input), $"{name} unfolded");
        AssertClose(NumpyFile.Read(Kit.Path($"reparam/{name}.y_deploy.npy")), ReferenceExecutor.Run(folded, input), $"{name} folded");
    }

    private static Model Block(string name, StateDict trained, Shape sample)
    {
        var net = new GraphBuilder();
        Value x = net.Input(sample);
        Graph graph = net.Build(name switch
        {
            "acnet_id" => Asymmetric(x),
            "dbb_id" => Diverse(x),
            "mobileone_k4" => MobileOne(x, copies: 4).Relu("relu"),
            "repvgg_id" => RepVgg(x, 16, 1).Add("add2", x.BatchNorm("rbr_identity")).Relu("relu"),
            _ => RepVgg(x, 24, 2).Relu("relu"),
        });
        IEnumerable<KeyValuePair<string, Parameter>> parameters = graph.Parameters
            .Select(parameter => KeyValuePair.Create(parameter.Key, new Parameter(Number(parameter.Key, trained))));
        return new Model(graph, Parameters.From(parameters), ModelMetadata.None);
    }

    private static Value Asymmetric(Value x)
    {
        Value square = x.Conv2d("square_conv", 16, 3, padding: 1).BatchNorm("square_bn");
        Value vertical = x.Conv2d("ver_conv", 16, (3, 1), padding: (1, 0)).BatchNorm("ver_bn");
        return square.Add("add1", vertical).Add("add2", x.Conv2d("hor_conv", 16, (1, 3), padding: (0, 1)).BatchNorm("hor_bn"));
    }

    private static Value Diverse(Value x)
    {
        Value origin = x.Conv2d("dbb_origin.conv", 16, 3, padding: 1).BatchNorm("dbb_origin.bn");
        Value average = x.Conv2d("dbb_avg.conv", 16, 1).BatchNorm("dbb_avg.bn.bn").Pad("dbb_avg.bn.pad", 1)
            .AveragePool("dbb_avg.avg", 3, 1).BatchNorm("dbb_avg.avgbn");
        Value point = x.Conv2d("dbb_1x1.conv", 16, 1).BatchNorm("dbb_1x1.bn");
        Value chain = x.Conv2d("dbb_1x1_kxk.idconv1", 16, 1).BatchNorm("dbb_1x1_kxk.bn1.bn").Pad("dbb_1x1_kxk.bn1.pad", 1)
            .Conv2d("dbb_1x1_kxk.conv2", 16, 3).BatchNorm("dbb_1x1_kxk.bn2");
        return origin.Add("add1", average).Add("add2", point).Add("add3", chain);
    }

    private static Value RepVgg(Value x, int channels, int stride) =>
        x.Conv2d("rbr_dense.conv", channels, 3, stride, 1).BatchNorm("rbr_dense.bn")
            .Add("add1", x.Conv2d("rbr_1x1.conv", channels, 1, stride).BatchNorm("rbr_1x1.bn"));

    private static Value MobileOne(Value x, int copies)
    {
        Value sum = x.BatchNorm("rbr_skip").Add("add_scale", x.Conv2d("rbr_scale.conv", 16, 1).BatchNorm("rbr_scale.bn"));
        for (int i = 0; i < copies; i++)
        {
            string scope = string.Create(CultureInfo.InvariantCulture, $"rbr_conv.{i}");
            sum = sum.Add($"add{i}", x.Conv2d($"{scope}.conv", 16, 3, padding: 1).BatchNorm($"{scope}.bn"));
        }

        return sum;
    }

    /// <summary>The file's number, but for what the authors' modules compute from it: padding with the norm of zero, and an identity added to a weight.</summary>
    private static Tensor Number(string name, StateDict trained)
    {
        if (name.EndsWith("pad.value", StringComparison.Ordinal))
        {
            return NormOfZero(trained, name.Replace("pad.value", "bn", StringComparison.Ordinal));
        }

        return name.EndsWith("idconv1.weight", StringComparison.Ordinal) ? WithIdentity(trained[name]) : trained[name];
    }

    private static Tensor NormOfZero(StateDict trained, string norm)
    {
        Tensor value = Tensor.Zeros(trained[norm + ".bias"].Shape);
        Span<float> to = value.Write<float>();
        for (int c = 0; c < to.Length; c++)
        {
            float Of(string role) => trained[$"{norm}.{role}"].Read<float>()[c];
            to[c] = Of("bias") - (Of("running_mean") * Of("weight") / MathF.Sqrt(Of("running_var") + 1e-5f));
        }

        return value;
    }

    private static Tensor WithIdentity(Tensor weight)
    {
        Tensor result = Tensor.From<float>(weight.Shape, weight.Read<float>());
        Span<float> to = result.Write<float>();
        for (int c = 0; c < weight.Shape[0]; c++)
        {
            to[(c * weight.Shape[0]) + c] += 1;
        }

        return result;
    }

    private static void AssertClose(Tensor expected, Tensor actual, string what)
    {
        Assert.Equal(expected.Shape, actual.Shape);
        ReadOnlySpan<float> wanted = expected.Read<float>();
        ReadOnlySpan<float> found = actual.Read<float>();
        double greatest = 0;
        for (int i = 0; i < wanted.Length; i++)
        {
            greatest = Math.Max(greatest, Math.Abs((double)wanted[i] - found[i]));
        }

        Assert.True(greatest <= Tolerance, $"{what} is off by {greatest:E2}");
    }
}
