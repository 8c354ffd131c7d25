using Espalier.Graphs;
using Espalier.Tensors;
using Espalier.Testing;

namespace Espalier.Models.Tests;

/// <summary>timm's residual networks against what timm 0.9.16 says of them (the kit's folder <c>timm</c>).</summary>
public sealed class TimmTests
{
    private static readonly string[] OwnPreprocessing = ["wide_resnet50_2"]; // torchvision's, since it has the name too

    private static string Root => Kit.Path("timm");

    private static IEnumerable<string[]> Residual => Table.Rows(Path.Combine(Root, "models.tsv")).Where(row => TimmNames.IsResidual(row[0]));

    [Fact]
    public void Names_and_shapes_are_those_of_timm()
    {
        ILookup<string, string> entries = Table.Rows(Path.Combine(Root, "state_dicts.tsv.gz")).ToLookup(row => row[0], row => $"{row[1]} {OracleNetworks.Shape(row[2])}");
        Assert.All(Residual, row =>
        {
            string[] expected = [.. entries[row[0]].Order(StringComparer.Ordinal)];
            Assert.NotEmpty(expected);
            Assert.Equal(expected, Zoo.Create(row[0]).Graph.Parameters.Select(parameter => $"{parameter.Key} {parameter.Value.Shape}").Order(StringComparer.Ordinal));
        });
    }

    [Fact]
    public void Input_parameters_and_preprocessing_are_those_of_timm() => Assert.All(Residual, row =>
    {
        NetworkDefinition definition = Zoo.Create(row[0]);
        Shape input = OracleNetworks.Shape(row[1]);
        Assert.Equal(input, definition.Graph.ShapeOf("input"));
        Assert.Equal(long.Parse(row[2]), definition.Summarize().Parameters);
        if (OwnPreprocessing.Contains(row[0]))
        {
            return;
        }

        Preprocessing found = definition.Metadata.Preprocessing!;
        Assert.Equal(row[3], found.Interpolation.ToString().ToLowerInvariant());
        Assert.Equal(((int)Math.Floor(input[1] / double.Parse(row[4])), new Size(input[1], input[2])), (found.Resize, found.Crop));
        Assert.Equal(Numbers(row[5]), found.Normalization.Mean);
        Assert.Equal(Numbers(row[6]), found.Normalization.StandardDeviation);
    });

    private static float[] Numbers(string text) => [.. text.Split(',').Select(float.Parse)];
}
