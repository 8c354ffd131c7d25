using Espalier.Graphs;
using Espalier.Models;
using Espalier.Tensors;
using Espalier.Testing;

namespace Espalier.Inference.Tests;

/// <summary>timm's residual networks at full size against the logits of timm 0.9.16 in float64 (the kit's folder <c>timm</c>).</summary>
public class TimmLogitsTests
{
    private const double Tolerance = 1e-4; // of the largest logit

    [Theory]
    [InlineData("resnet10t")]
    [InlineData("resnet14t")]
    [InlineData("resnet18d")]
    [InlineData("resnet26")]
    [InlineData("resnet26d")]
    [InlineData("resnet26t")]
    [InlineData("resnet34d")]
    [InlineData("resnet50d")]
    [InlineData("resnet50t")]
    [InlineData("resnet50c")]
    [InlineData("resnet50s")]
    [InlineData("resnet101d")]
    [InlineData("resnet152d")]
    [InlineData("resnetaa50")]
    [InlineData("resnetaa50d")]
    [InlineData("resnetblur18")]
    [InlineData("resnetblur50")]
    [InlineData("resnetblur50d")]
    [InlineData("resnet50_gn")]
    [InlineData("resnext50d_32x4d")]
    [InlineData("resnext101_32x4d")]
    [InlineData("seresnet18")]
    [InlineData("seresnet34")]
    [InlineData("seresnet50")]
    [InlineData("seresnet50t")]
    [InlineData("seresnet152d")]
    [InlineData("seresnext50_32x4d")]
    [InlineData("seresnext26d_32x4d")]
    [InlineData("seresnetaa50d")]
    [InlineData("ecaresnet26t")]
    [InlineData("ecaresnet50d")]
    [InlineData("ecaresnet50t")]
    [InlineData("ecaresnet101d")]
    [InlineData("ecaresnetlight")]
    [InlineData("resnetrs50")]
    [InlineData("resnetrs101")]
    [InlineData("resnetrs152")]
    [InlineData("resnetv2_50")]
    [InlineData("resnetv2_50d")]
    [InlineData("resnetv2_101")]
    [InlineData("resnetv2_50x1_bit")]
    [InlineData("resnetv2_101x1_bit")]
    [InlineData("resnest14d")]
    [InlineData("resnest26d")]
    [InlineData("resnest50d")]
    [InlineData("skresnet18")]
    [InlineData("skresnet34")]
    [InlineData("skresnet50")]
    [InlineData("skresnet50d")]
    [InlineData("skresnext50_32x4d")]
    [InlineData("res2net50_26w_4s")]
    [InlineData("res2net50_14w_8s")]
    [InlineData("res2next50")]
    [InlineData("legacy_seresnet18")]
    [InlineData("legacy_seresnet50")]
    [InlineData("legacy_senet154")]
    [InlineData("wide_resnet50_2")]
    [InlineData("tv_resnet50")]
    [InlineData("gluon_resnet50_v1c")]
    [InlineData("ssl_resnet18")]
    public void Logits_are_timms(string name)
    {
        FullRun.RequireOneOf(4, name);
        string expectedPath = Kit.Path($"timm/{name}.npy");
        NetworkDefinition definition = Zoo.Create(name);
        using var predictor = new Predictor(definition.With(RandomGraphs.ParametersFor(definition.Graph)));

        Tensor logits = predictor.Run(CounterFill.Input(definition.Graph.ShapeOf(definition.Graph.Input.Name).Prepend(1)));

        Tensor expected = NumpyFile.Read(expectedPath);
        Assert.Equal(expected.Shape, logits.Shape);
        Assert.InRange(Difference.Relative(expected, logits), 0, Tolerance);
    }

    [Fact]
    public void Every_residual_network_of_the_kit_with_logits_is_compared()
    {
        string[] compared = [.. typeof(TimmLogitsTests).GetMethod(nameof(Logits_are_timms))!.GetCustomAttributes(typeof(InlineDataAttribute), false).Cast<InlineDataAttribute>().Select(row => (string)row.Data[0]!)];
        string[] given = [.. Table.Rows(Kit.Path("timm/models.tsv")).Where(row => TimmNames.IsResidual(row[0]) && row[^1] == "yes").Select(row => row[0])];
        Assert.Equal(given.Order(StringComparer.Ordinal), compared.Order(StringComparer.Ordinal));
    }
}
