using Espalier.Execution;
using Espalier.Formats;
using Espalier.Graphs;
using Espalier.Inference;
using Espalier.Models;
using Espalier.Surgery;
using Espalier.Tensors;

namespace Espalier.Cli.Tests;

/// <summary>Blocks of branches, pruned by channels and by weights, run as sparse convolutions without another word.</summary>
public class BranchedPlanTests
{
    [Theory]
    [InlineData("acb")]
    [InlineData("dbb")]
    [InlineData("repvgg")]
    [InlineData("mobileone")]
    public void Pruned_blocks_fold_into_sparse_layers_of_the_plan(string kind)
    {
        var options = new ZooOptions { Blocks = [new BlockChoice(MultiBranchKinds.Find(kind), "layer*")] };
        Model model = Zoo.Create("cifar_resnet8_b", options).Initialize(5);
        Model narrow = model.Prune(new ChannelPruning { Target = PruningTarget.AtMostShare(PruningMeasure.MultiplyAccumulates, 0.7), RoundTo = 8 }).Model;
        Model pruned = narrow.Prune(new WeightPruning { Branches = true, Target = PruningTarget.Fraction(0.93) }).Model;
        Tensor images = CounterFill.Input([2, 3, 32, 32]);

        using var predictor = new Predictor(pruned);
        string[] kernels = [.. predictor.Profile(images, repetitions: 1).Where(layer => layer.MultiplyAccumulates > 0).Select(layer => layer.Kernel)];

        Assert.True(kernels.Count(kernel => kernel.StartsWith("sparse", StringComparison.Ordinal)) >= 3, string.Join(", ", kernels)); // of layer2 and layer3, where that is faster
        Assert.Equal(10, kernels.Length); // stem, six convolutions in three blocks, two projections, classifier: no branch is left
        Assert.InRange(Difference.Relative(ReferenceExecutor.Run(pruned, images), predictor.Run(images)), 0, 1e-4);
    }

    [Fact]
    public void The_command_line_prunes_branches_together_and_warns_where_zeros_fill_in()
    {
        using var folder = new TemporaryFolder();
        Model model = Zoo.Create("cifar_resnet8_b", new ZooOptions { Blocks = [new BlockChoice(MultiBranchKind.Asymmetric, "layer*")] }).Initialize(6);
        ModelFile.Write(folder.File("a.espalier"), model);

        CliRun together = CliRun.Of("prune", folder.File("a.espalier"), "--method", "l1", "--amount", "0.9", "--branches", "-o", folder.File("b.espalier"));
        CliRun alone = CliRun.Of("prune", folder.File("a.espalier"), "--method", "l1", "--amount", "0.9", "-o", folder.File("c.espalier"));
        CliRun kept = CliRun.Of("fold", folder.File("b.espalier"), "-o", folder.File("d.espalier"));
        CliRun filled = CliRun.Of("fold", folder.File("c.espalier"), "-o", folder.File("e.espalier"));

        Assert.Contains("layer3.0.conv1.weight", together.Out, StringComparison.Ordinal);
        Assert.Contains("layer3.0.conv1.square_conv.weight", alone.Out, StringComparison.Ordinal);
        Assert.DoesNotContain("became non-zero", kept.Error, StringComparison.Ordinal);
        Assert.Contains("masked zeros became non-zero where 6 layers were merged", filled.Error, StringComparison.Ordinal);
        Assert.Contains("have no gradients", CliRun.Of("prune", folder.File("a.espalier"), "--method", "taylor", "--amount", "0.9", "--branches", "-o", folder.File("f.espalier")).UserError(), StringComparison.Ordinal);
    }
}
