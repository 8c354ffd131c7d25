using Espalier.Graphs;
using Espalier.Testing;

namespace Espalier.Models.Tests;

/// <summary>PyTorch's names, shapes, parameter counts and multiply-accumulates; see tests/oracle/README.md.</summary>
public sealed class OracleTests
{
    private static readonly string Counts = OracleFiles.Path("zoo_counts.tsv");

    private static readonly ILookup<string, string> StateDicts =
        Table.Rows(OracleFiles.Path("zoo/state_dicts.tsv.gz")).ToLookup(row => row[0], row => $"{row[1]} {OracleNetworks.Shape(row[2])}");

    public static TheoryData<string, string> Networks => [.. Table.Rows(Counts).Select(row => (row[0], row[1])).Distinct()];

    public static TheoryData<string, string, long, long> Sizes =>
        [.. Table.Rows(Counts).Select(row => (row[0], row[1], long.Parse(row[2]), long.Parse(row[3]))).Distinct()];

    [Theory]
    [MemberData(nameof(Networks))]
    public void Names_and_shapes_are_those_of_the_state_dict(string name, string input)
    {
        Graph graph = OracleNetworks.Create(name, OracleNetworks.Shape(input)).Graph;
        string[] expected = [.. StateDicts[name].Select(Trimmed).Order(StringComparer.Ordinal)];
        Assert.NotEmpty(expected);
        Assert.Equal(expected, graph.Parameters.Select(parameter => Trimmed($"{parameter.Key} {parameter.Value.Shape}")).Order(StringComparer.Ordinal));

        // ConvNeXt's linear layers on maps are 1x1 convolutions here, and its layer_scale has no extents of 1 at the end, which make no difference when weights are loaded.
        string Trimmed(string parameter)
        {
            while (name.StartsWith("convnext", StringComparison.Ordinal) && parameter.EndsWith("x1", StringComparison.Ordinal))
            {
                parameter = parameter[..^2];
            }

            return parameter;
        }
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Parameters_and_multiply_accumulates_are_pytorchs(string name, string input, long parameters, long multiplyAccumulates)
    {
        NetworkSummary summary = OracleNetworks.Create(name, OracleNetworks.Shape(input)).Summarize();
        Assert.Equal((parameters, multiplyAccumulates), (summary.Parameters, summary.MultiplyAccumulates));
    }

    [Fact]
    public void Every_published_figure_is_met_within_its_rounding()
    {
        foreach (string[] row in Table.Rows(Counts))
        {
            NetworkSummary summary = OracleNetworks.Create(row[0], OracleNetworks.Shape(row[1])).Summarize();
            Near(row[0], row[4], summary.Parameters, row[6]);
            Near(row[0], row[5], summary.MultiplyAccumulates, row[6]);
        }
    }

    private static void Near(string name, string published, long found, string tolerance)
    {
        if (published != "-")
        {
            double expected = double.Parse(published);
            Assert.True(Math.Abs(found - expected) <= double.Parse(tolerance) * expected, $"{name}: published {expected}, found {found}");
        }
    }
}
