using Espalier.Testing;

namespace Espalier.Inference.Tests;

/// <summary>Every network of the zoo at full size against PyTorch's logits (tests/oracle/make_zoo.py).</summary>
public class ZooLogitsTests
{
    private const double Tolerance = 1e-4; // of the largest logit

    [Theory]
    [MemberData(nameof(Networks))]
    public void Logits_are_PyTorchs(string name, string input, string normGain) =>
        Assert.InRange(new OracleLogits(name, input, float.Parse(normGain)).Difference(), 0, Tolerance);

    public static TheoryData<string, string, string> Networks() => [.. Table.Rows(OracleFiles.Path("zoo/models.tsv")).Select(row => (row[0], row[1], row[2]))];
}
