using Espalier.Kernels;
using Espalier.Testing;

namespace Espalier.Training.Tests.Plans;

/// <summary>Whole networks against PyTorch, with this machine's vectors and, in processes of their own, with narrower ones.</summary>
public class PyTorchTests
{
    public static TheoryData<string> Networks => [.. PyTorchComparison.Networks];

    public static TheoryData<string> Followed => [.. PyTorchComparison.Followed];

    [Theory]
    [MemberData(nameof(Networks))]
    public void Gradients_and_running_statistics_are_PyTorchs(string network) => PyTorchComparison.Gradients(network, "direct");

    [Theory]
    [MemberData(nameof(Networks))]
    public void Gradients_through_the_kernels_that_cost_chooses_are_PyTorchs(string network) => PyTorchComparison.Gradients(network, null);

    [Theory]
    [MemberData(nameof(Followed))]
    public void Five_steps_of_SGD_follow_PyTorchs_loss(string network) => PyTorchComparison.Steps(network);

    [Theory]
    [InlineData("DOTNET_EnableAVX512", "avx2")]
    [InlineData("DOTNET_EnableAVX2", "vector128")]
    public void All_of_that_holds_on_narrower_vectors(string variable, string best) =>
        ChildRun.Of(typeof(PyTorchSweep), (variable, "0"), (PyTorchSweep.Expected, best), (InstructionSet.Variable, ""));
}
