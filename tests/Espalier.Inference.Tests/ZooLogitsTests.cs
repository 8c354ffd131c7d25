using Espalier.Tensors;
using Espalier.Testing;

namespace Espalier.Inference.Tests;

/// <summary>Every network of the zoo at full size against PyTorch's logits (tests/oracle/make_zoo.py).</summary>
public class ZooLogitsTests
{
    private const double Tolerance = 1e-4; // of the largest logit

    public static TheoryData<string> Networks => [.. OracleLogits.All.Select(network => network.Name)];

    [Theory]
    [MemberData(nameof(Networks))]
    public void Logits_are_PyTorchs(string name)
    {
        FullRun.RequireOneOf(4, name);
        OracleLogits network = OracleLogits.All.Single(each => each.Name == name);
        using var predictor = new Predictor(network.CreateModel());

        Tensor logits = OracleLogits.Joined(predictor.RunAll(CounterFill.Input(network.Batch)));

        Assert.InRange(Difference.Relative(network.Read(), logits), 0, Tolerance);
    }
}
