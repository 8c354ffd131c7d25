using Espalier.Kernels;

namespace Espalier.Training.Tests.Plans;

/// <summary>What <see cref="PyTorchTests"/> runs in a process of its own.</summary>
public class PyTorchSweep
{
    /// <summary>The best instruction set that the process may find.</summary>
    internal const string Expected = "ESPALIER_TEST_EXPECTED_SET";

    public static TheoryData<string> Networks => [.. PyTorchComparison.Networks];

    public static TheoryData<string> Followed => [.. PyTorchComparison.Followed];

    [Fact(Explicit = true)]
    public void The_switch_took_effect()
    {
        InstructionSet[] narrower = [.. InstructionSet.All.SkipWhile(set => set.Name != Environment.GetEnvironmentVariable(Expected))];
        Assert.Contains(InstructionSet.Best, narrower); // a machine may have had no more to begin with
    }

    [Theory(Explicit = true)]
    [MemberData(nameof(Networks))]
    public void Gradients_are_PyTorchs(string network)
    {
        PyTorchComparison.Gradients(network, "direct");
        PyTorchComparison.Gradients(network, null);
    }

    [Theory(Explicit = true)]
    [MemberData(nameof(Followed))]
    public void Losses_are_PyTorchs(string network) => PyTorchComparison.Steps(network);
}
