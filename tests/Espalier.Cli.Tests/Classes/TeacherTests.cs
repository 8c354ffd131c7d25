using System.Text.Json;
using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Cli.Tests.Classes;

/// <summary>A teacher has labels and a preprocessing of its own. A student that is the teacher, and learns from nothing else, has a loss of next to nothing; any mistake about classes or inputs shows.</summary>
public sealed class TeacherTests
{
    private const double Nothing = 1e-6;

    [Fact]
    public void A_teacher_whose_labels_are_in_another_order_says_the_same() =>
        Assert.InRange(Loss(ColourData.Order(ColourData.Model, ColourData.Names)), -Nothing, Nothing);

    [Fact]
    public void A_teacher_whose_preprocessing_differs_sees_what_it_was_trained_on()
    {
        // Negative inputs and a negative first convolution are the same network; the student's inputs would be negatives of pictures to it.
        Preprocessing own = ColourData.Model.Metadata.Preprocessing!;
        Normalization normal = own.Normalization;
        Model teacher = ColourData.Model.With(ColourData.Model.Metadata with { Preprocessing = own with { Normalization = normal with { StandardDeviation = [-normal.StandardDeviation[0], -normal.StandardDeviation[1], -normal.StandardDeviation[2]] } } });
        Parameter weight = teacher.Parameters["conv1.weight"];
        float[] negative = [.. weight.Value.Read<float>().ToArray().Select(value => -value)];
        teacher = new Model(teacher.Graph, teacher.Parameters.With("conv1.weight", weight with { Value = Tensors.Tensor.From<float>(weight.Value.Shape, negative) }), teacher.Metadata);
        Assert.InRange(Loss(teacher), -Nothing, Nothing);
        Assert.True(Loss(teacher.With(teacher.Metadata with { Preprocessing = own })) > 100 * Nothing, "with the student's preprocessing it must say something else, or this test says nothing");
    }

    [Fact]
    public void A_teacher_of_larger_images_gets_larger_images()
    {
        Model teacher = ColourData.Model.WithInput([3, 24, 24]);
        teacher = teacher.With(teacher.Metadata with { Preprocessing = teacher.Metadata.Preprocessing! with { Resize = 24, Crop = new Size(24, 24) } });
        Assert.InRange(Loss(teacher), Nothing, 0.1); // colours look the same at any size, but the borders are elsewhere
    }

    [Fact]
    public void A_teacher_of_more_classes_says_what_it_thinks_of_the_students()
    {
        using var folder = new TemporaryFolder();
        string data = ColourData.Write(folder, "red", "green");
        CliRun run = CliRun.Of([.. Common(folder, ColourData.Model, data, ColourData.Model), "--head", "--epochs", "6", "--lr", "0.5"]); // a new head learns from the teacher alone
        Assert.Equal(1, run.Json().GetProperty("history")[5].GetProperty("validation_accuracy").GetDouble());
        Assert.Contains("note: the student has 2 of the teacher's 3 classes: green, red", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_teacher_of_other_classes_is_refused_with_both_lists()
    {
        using var folder = new TemporaryFolder();
        Model fruit = ColourData.Model.With(ColourData.Model.Metadata with { Labels = ["apple", "berry", "melon"] });
        string error = CliRun.Of(Arguments(folder, ColourData.Model, ColourData.Write(folder, ColourData.Names), fruit)).UserError();
        Assert.Contains("the student's classes are not the teacher's: none of them is among its labels; the student has 3 (red, blue, green), the teacher 3 (apple, berry, melon). 'espalier convert TEACHER", error, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_not_known_of_a_teacher_is_said()
    {
        using var folder = new TemporaryFolder();
        Model bare = ColourData.Model.With(ColourData.Model.Metadata with { Labels = [], Preprocessing = null });
        CliRun run = CliRun.Of(Arguments(folder, ColourData.Model, ColourData.Write(folder, ColourData.Names), bare));
        Assert.Contains("note: the teacher has no labels: its 3 outputs are taken to be the student's classes in their order (red, blue, green)", run.Error, StringComparison.Ordinal);
        Assert.Contains("note: the teacher does not say how images become inputs: it gets the student's", run.Error, StringComparison.Ordinal);
        Assert.InRange(Loss(run), -Nothing, Nothing);
    }

    [Fact]
    public void Other_labels_of_the_same_teacher_do_not_go_on()
    {
        using var folder = new TemporaryFolder();
        string[] arguments = Arguments(folder, ColourData.Model, ColourData.Write(folder, ColourData.Names), ColourData.Model);
        Assert.Equal(ExitCode.Success, CliRun.Of(arguments).Code);
        ColourData.Write(folder, ColourData.Model.With(ColourData.Model.Metadata with { Labels = ["blue", "red", "green"] }), "teacher.espalier");
        Assert.Contains("the labels or the preprocessing of the teacher", CliRun.Of([.. arguments, "--resume"]).UserError(), StringComparison.Ordinal);
    }

    private static double Loss(Model teacher)
    {
        using var folder = new TemporaryFolder();
        return Loss(CliRun.Of(Arguments(folder, ColourData.Model, ColourData.Write(folder, ColourData.Names), teacher)));
    }

    private static double Loss(CliRun run)
    {
        JsonElement json = run.Json();
        return json.GetProperty("history")[0].GetProperty("train_loss").GetDouble();
    }

    /// <summary>A student that does not move.</summary>
    private static string[] Arguments(TemporaryFolder folder, Model student, string data, Model teacher) =>
        [.. Common(folder, student, data, teacher), "--epochs", "1", "--lr", "1e-9"];

    /// <summary>A student whose layers but the last, with the norms' statistics, stay as they are, and which learns from its teacher alone.</summary>
    private static string[] Common(TemporaryFolder folder, Model student, string data, Model teacher) =>
    [
        "finetune", ColourData.Write(folder, student), "--data", data, "-o", folder.File("run"), "--teacher", ColourData.Write(folder, teacher, "teacher.espalier"),
        "--alpha", "1", "--temperature", "1", "--batch", "8", "--augment", "none", "--threads", "1", "--freeze", "conv1", "bn1", "layer1", "layer2", "layer3", "--json",
    ];
}
