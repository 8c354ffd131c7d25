using Espalier.Formats;
using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Cli.Tests;

/// <summary>No verb takes numbers that are not finite for an answer.</summary>
public sealed class NonFiniteTests
{
    private const string Layer = "the first layer that is not finite is layer2.0.bn1 (batch_norm), NaN in channel 3, because layer2.0.bn1.running_var is -1 at [3]: a variance has to be positive";

    [Theory]
    [InlineData("the network", "classify MODEL IMAGES")]
    [InlineData("the network", "classify MODEL IMAGES --json")]
    [InlineData("the network", "explain MODEL IMAGES -o OUT")]
    [InlineData("the network", "evaluate MODEL --data DATA --json")]
    [InlineData("the network before", "fold MODEL -o OUT --verify DATA")]
    [InlineData("the network before", "fold MODEL -o OUT --verify random")]
    [InlineData("the network before", "expand MODEL --block acb -o OUT")]
    [InlineData("the first model", "compare MODEL GOOD --data random")]
    [InlineData("the second model", "compare GOOD MODEL --data DATA")]
    [InlineData("the network", "sensitivity MODEL --data DATA --scope conv1 --amounts 0.5")]
    [InlineData("the network", "sensitivity MODEL --scope conv1 --amounts 0.5")]
    [InlineData("the network", "prune MODEL --method l1 --amount 0.5 --data DATA -o OUT")]
    [InlineData("the network", "prune MODEL --method taylor --amount 0.5 --data DATA -o OUT")]
    [InlineData("the network", "prune MODEL --blocks 1 --data DATA -o OUT")]
    [InlineData("the teacher", "train cifar_resnet8 --data DATA --teacher MODEL --epochs 1 --batch 8 --validation-share 0.2 -o OUT")]
    public void An_answer_that_is_not_finite_is_an_error_that_names_the_layer(string network, string command)
    {
        using var folder = new TemporaryFolder();
        string[] args = Arguments(folder, command, "layer2.0.bn1.running_var", 3, -1);
        CliRun run = CliRun.Of(args);
        Assert.Equal(ExitCode.UserError, run.Code);
        Assert.Contains($"espalier: the output of {network} is NaN: {Layer}", run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("NaN", run.Out, StringComparison.Ordinal);
        Assert.False(File.Exists(folder.File("out.espalier")));
    }

    [Fact]
    public void Weights_full_of_NaN_are_not_fine_tuned()
    {
        using var folder = new TemporaryFolder();
        string[] args = Arguments(folder, "finetune MODEL --data DATA --epochs 1 --batch 8 -o OUT", "layer1.0.conv1.weight", 0, float.NaN);
        Assert.Equal("espalier: 'layer1.0.conv1.weight' contains NaN; expected finite values, since training cannot start from others", CliRun.Of(args).UserError());
        Assert.False(Path.Exists(folder.File("out.espalier")));
    }

    private static string[] Arguments(TemporaryFolder folder, string command, string parameter, int element, float value)
    {
        Model model = TinyData.Model();
        Tensor changed = model.Parameters[parameter].Value.Copy();
        changed.Write<float>()[element] = value;
        ModelFile.Write(folder.File("broken.espalier"), model.With(model.Parameters.With(parameter, model.Parameters[parameter] with { Value = changed })));
        var places = new Dictionary<string, Func<string>>
        {
            ["MODEL"] = () => folder.File("broken.espalier"),
            ["GOOD"] = () => TinyData.WriteModel(folder),
            ["DATA"] = () => TinyData.WriteCifar(folder, 40),
            ["IMAGES"] = () => TinyData.WriteFolders(folder, 3),
            ["OUT"] = () => folder.File("out.espalier"),
        };
        return [.. command.Split(' ').Select(word => places.TryGetValue(word, out Func<string>? place) ? place() : word)];
    }
}
