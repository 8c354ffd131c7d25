using System.CommandLine;
using System.Text.Json;
using Espalier.Formats;
using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Cli.Tests.Classes;

/// <summary>A class is its name in every verb: permuted, missing, foreign, numeric and extra names.</summary>
public sealed class ClassMatchingTests
{
    private static readonly string[] DataOptions = ["--data", "--verify"];

    public static TheoryData<int> Verbs { get; } = [.. Enumerable.Range(0, ClassVerb.All.Length)];

    [Fact]
    public void Every_verb_that_takes_data_with_classes_is_in_the_table()
    {
        RootCommand root = Root.Create(new CliContext(new Terminal(TextWriter.Null, TextWriter.Null), default));
        string[] takers = [.. root.Subcommands.Where(verb => verb.Options.Any(option => DataOptions.Contains(option.Name))).Select(verb => verb.Name)];
        Assert.Equal(takers.Order(), ClassVerb.All.Select(verb => verb.Name).Concat(ClassVerb.Fresh).Distinct().Order());
        Assert.All(root.Subcommands.Where(verb => ClassVerb.All.Any(known => known.Name == verb.Name)), verb => Assert.Contains(verb.Options, option => option.Name == "--relabel"));
    }

    [Theory]
    [MemberData(nameof(Verbs))]
    public void Names_in_another_order_are_matched_without_a_word(int verb)
    {
        using var folder = new TemporaryFolder();
        (CliRun run, int right) = Run(ClassVerb.All[verb], folder, ColourData.Write(folder, ColourData.Names), 3);
        Assert.Equal(3 * ColourData.OfEach, right);
        Assert.Empty(Notes(run));
        RequireSame(ClassVerb.All[verb], folder, folder.File("data"), 3);
    }

    [Theory]
    [MemberData(nameof(Verbs))]
    public void Missing_names_are_matched_and_said(int verb)
    {
        using var folder = new TemporaryFolder();
        (CliRun run, int right) = Run(ClassVerb.All[verb], folder, ColourData.Write(folder, "green", "red"), 2);
        Assert.Equal(2 * ColourData.OfEach, right);
        Assert.Contains("note: the data has 2 of the model's 3 classes: green, red", run.Error, StringComparison.Ordinal);
        RequireSame(ClassVerb.All[verb], folder, folder.File("data"), 2);
    }

    [Theory]
    [MemberData(nameof(Verbs))]
    public void Foreign_names_are_refused_with_both_lists_and_every_way_out(int verb)
    {
        using var folder = new TemporaryFolder();
        string data = ColourData.Write(folder, ("apple", "red"), ("pear", "green"), ("plum", "blue"));
        string error = Refused(ClassVerb.All[verb], folder, data);
        Assert.Contains("the data has 3 (apple, pear, plum), the model 3 (red, blue, green)", error, StringComparison.Ordinal);
        Assert.Equal(ClassVerb.All[verb].Name == "finetune", error.Contains("--head", StringComparison.Ordinal));
        Assert.All((string[])["--labels", "--relabel", "--by-number"], way => Assert.Contains(way, error, StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Verbs))]
    public void Extra_names_are_refused(int verb)
    {
        using var folder = new TemporaryFolder();
        string data = ColourData.Write(folder, "red", "green", "blue", "gray");
        Assert.Contains("gray is not among its labels", Refused(ClassVerb.All[verb], folder, data), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Verbs))]
    public void Names_that_are_numbers_are_names_unless_it_is_asked_for(int verb)
    {
        using var folder = new TemporaryFolder();
        ClassVerb tried = ClassVerb.All[verb];
        string data = ColourData.Write(folder, ("0", "red"), ("1", "blue"), ("2", "green")); // the model's outputs
        Assert.Contains("none of them is among its labels", Refused(tried, folder, data), StringComparison.Ordinal);
        (CliRun run, int right) = Run(tried, folder, data, 3, "--by-number");
        Assert.Equal((3 * ColourData.OfEach, ""), (right, string.Join("", Notes(run))));
        RequireLabels(tried, folder, ColourData.Permuted);
        RequireSame(tried, folder, data, 3, "--by-number");
    }

    [Theory]
    [MemberData(nameof(Verbs))]
    public void By_number_a_model_without_labels_gets_the_numbers_so_that_they_are_names_from_then_on(int verb)
    {
        using var folder = new TemporaryFolder();
        ClassVerb tried = ClassVerb.All[verb];
        ColourData.Write(folder, Bare(ColourData.Model));
        string data = ColourData.Write(folder, ("2", "green"), ("0", "red"), ("01", "blue"));
        (_, int right) = Run(tried, folder, data, 3, "--by-number");
        Assert.Equal(3 * ColourData.OfEach, right);
        RequireLabels(tried, folder, "0", "01", "2");
        RequireSame(tried, folder, data, 3);
    }

    [Theory]
    [MemberData(nameof(Verbs))]
    public void A_model_without_labels_takes_the_order_of_the_folders_says_so_and_gets_their_names(int verb)
    {
        using var folder = new TemporaryFolder();
        ClassVerb tried = ClassVerb.All[verb];
        string data = ColourData.Write(folder, ("1", "blue"), ("10", "green"), ("2", "red")); // ImageFolder's order
        Model sorted = ColourData.Order(ColourData.Model, ColourData.Names);
        ColourData.Write(folder, sorted.With(sorted.Metadata with { Labels = [] }));
        (CliRun run, int right) = Run(tried, folder, data, 3);
        Assert.Equal(3 * ColourData.OfEach, right);
        Assert.Contains("note: the model has no labels: its 3 outputs are taken to be the data's classes in their order (1, 10, 2); --by-number", run.Error, StringComparison.Ordinal);
        RequireLabels(tried, folder, "1", "10", "2");
        RequireSame(tried, folder, data, 3);
    }

    [Theory]
    [MemberData(nameof(Verbs))]
    public void By_choice_new_names_take_the_places_of_the_outputs(int verb)
    {
        using var folder = new TemporaryFolder();
        ClassVerb tried = ClassVerb.All[verb];
        string data = ColourData.Write(folder, ("apple", "red"), ("berry", "blue"), ("melon", "green"));
        (_, int right) = Run(tried, folder, data, 3, "--relabel");
        Assert.Equal(3 * ColourData.OfEach, right);
        RequireLabels(tried, folder, "apple", "berry", "melon");
        RequireSame(tried, folder, data, 3);
    }

    [Theory]
    [MemberData(nameof(Verbs))]
    public void Data_of_more_classes_than_there_are_outputs_is_a_sentence(int verb)
    {
        using var folder = new TemporaryFolder();
        ClassVerb tried = ClassVerb.All[verb];
        ColourData.Write(folder, Bare(ColourData.Model));
        string data = ColourData.Write(folder, "red", "green", "blue", "gray");
        if (tried.Name == "finetune")
        {
            (CliRun run, _) = Run(tried, folder, data, 4);
            Assert.Contains("the data has 4 classes and the model 3 outputs without labels: it gets a new last layer", run.Error, StringComparison.Ordinal);
            return;
        }

        Assert.Contains("the data has 4 classes (blue, gray, green, red), but the model has 3 outputs", Refused(tried, folder, data), StringComparison.Ordinal);
    }

    [Fact]
    public void A_head_for_new_names_gets_them()
    {
        using var folder = new TemporaryFolder();
        string data = ColourData.Write(folder, ("apple", "red"), ("pear", "green"));
        ClassVerb finetune = ClassVerb.All.Single(verb => verb.Name == "finetune");
        Run(finetune, folder, data, 2, "--head");
        Assert.Equal(["apple", "pear"], ModelFile.Read(folder.File(finetune.Output!)).Metadata.Labels);
        using var other = new TemporaryFolder();
        Assert.Contains("so --relabel does not apply", Refused(finetune, other, data, "--head", "--relabel"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("train", "cifar_resnet8", "--side", "16")]
    [InlineData("degradation", "--depths", "8,14", "--side", "16")]
    public void What_training_calls_right_evaluate_calls_right(params string[] arguments)
    {
        using var folder = new TemporaryFolder();
        string data = ColourData.Write(folder, ("10", "red"), ("2", "green"), ("1", "blue"));
        JsonElement json = CliRun.Of([.. arguments, "--data", data, "-o", folder.File("run"), "--epochs", "1", "--batch", "8", "--threads", "1", "--json"]).Json();
        foreach ((string model, double accuracy) in Accuracies(folder, json))
        {
            Assert.Equal(["1", "10", "2"], ModelFile.Read(model).Metadata.Labels);
            JsonElement evaluation = CliRun.Of("evaluate", model, "--data", data, "--json").Json();
            Assert.Equal(accuracy * 3 * ColourData.OfEach, evaluation.GetProperty("top1_correct").GetInt32(), 1e-6);
        }
    }

    [Fact]
    public void A_model_with_a_wrong_number_of_labels_is_refused_and_can_be_mended()
    {
        using var folder = new TemporaryFolder();
        string data = ColourData.Write(folder, ColourData.Names), labels = folder.File("labels.txt");
        string model = ColourData.Write(folder, ColourData.Model.With(ColourData.Model.Metadata with { Labels = ["red", "blue"] }));
        File.WriteAllLines(labels, ColourData.Permuted);
        Assert.Contains("the model has 2 labels (red, blue) for 3 outputs", CliRun.Of("evaluate", model, "--data", data).UserError(), StringComparison.Ordinal);
        Assert.Equal(3 * ColourData.OfEach, CliRun.Of("evaluate", model, "--data", data, "--labels", labels, "--json").Json().GetProperty("top1_correct").GetInt32());
        Assert.Equal(ExitCode.Success, CliRun.Of("evaluate", model, "--data", data, "--relabel").Code);
        Assert.Equal(ExitCode.Success, CliRun.Of("convert", model, folder.File("mended.espalier"), "--labels", labels).Code);
        Assert.Equal(ColourData.Permuted, ModelFile.Read(folder.File("mended.espalier")).Metadata.Labels);
    }

    [Theory]
    [InlineData("train cifar_resnet8 --side 16 --data DATA -o RUN --epochs 1 --batch 8")]
    [InlineData("degradation --depths 8,14 --side 16 --data DATA -o RUN --epochs 1 --batch 8")]
    [InlineData("finetune MODEL --data DATA -o RUN --epochs 1 --batch 8")]
    public void A_validation_part_that_lacks_classes_is_said(string command)
    {
        using var folder = new TemporaryFolder();
        string data = ColourData.Write(folder, ColourData.Names);
        Directory.Delete(Path.Combine(data, "val", "green"), recursive: true);
        CliRun run = CliRun.Of([.. command.Split(' ').Select(word => word switch { "DATA" => data, "RUN" => folder.File("run"), "MODEL" => ModelOf(folder), _ => word }), "--threads", "1"]);
        Assert.Equal(ExitCode.Success, run.Code);
        Assert.Equal("note: the validation data has 2 of the training data's 3 classes: blue, red", Assert.Single(Notes(run)));
    }

    [Theory]
    [InlineData("prune MODEL --method l1 --amount 0.1 -o OUT --relabel")]
    [InlineData("prune MODEL --method l1 --amount 0.1 -o OUT --by-number")]
    [InlineData("fold MODEL -o OUT --relabel")]
    [InlineData("fold MODEL -o OUT --by-number --verify PICTURES")]
    [InlineData("sensitivity MODEL --scope conv1 --relabel")]
    [InlineData("sensitivity MODEL --scope conv1 --mean 0,0,0")]
    public void Options_about_the_classes_of_no_data_are_refused(string command)
    {
        using var folder = new TemporaryFolder();
        string pictures = Path.Combine(ColourData.Write(folder, "red"), "val", "red");
        string[] words = [.. command.Split(' ').Select(word => word switch { "OUT" => folder.File("out.espalier"), "PICTURES" => pictures, "MODEL" => ModelOf(folder), _ => word })];
        Assert.Contains("; found none", CliRun.Of(words).UserError(), StringComparison.Ordinal);
        Assert.False(File.Exists(folder.File("out.espalier")));
    }

    [Fact]
    public void A_pruning_in_steps_goes_on_with_the_same_classes_only()
    {
        using var folder = new TemporaryFolder();
        ColourData.Write(folder, Bare(ColourData.Order(ColourData.Model, ColourData.Names)));
        string data = ColourData.Write(folder, ColourData.Names);
        ClassVerb recovery = ClassVerb.All.Single(verb => verb.Arguments.Contains("--recover"));
        string[] arguments = recovery.CommandLine(folder, ModelOf(folder), data);
        Assert.Equal(ExitCode.Success, CliRun.Of(arguments).Code);
        byte[] before = File.ReadAllBytes(folder.File("out.steps/1/pruned.espalier"));
        foreach (string part in (string[])["train", "val"])
        {
            Directory.Move(Path.Combine(data, part, "blue"), Path.Combine(data, part, "zblue"));
        }

        Assert.Contains("other images or classes", CliRun.Of([.. arguments, "--resume"]).UserError(), StringComparison.Ordinal);
        Assert.Equal(before, File.ReadAllBytes(folder.File("out.steps/1/pruned.espalier")));
    }

    [Fact]
    public void A_recovery_that_cannot_begin_leaves_nothing_in_the_way()
    {
        using var folder = new TemporaryFolder();
        string data = ColourData.Write(folder, ColourData.Names);
        string[] arguments = ["prune", ModelOf(folder), "--data", data, "--method", "l1", "--amount", "0.1", "--recover", "1", "--lr", "1e-9", "--threads", "1", "-o", folder.File("out.espalier")];
        Model small = ColourData.Model.WithInput([3, 4, 4]); // its last maps are one pixel
        arguments[1] = ColourData.Write(folder, small.With(small.Metadata with { Preprocessing = small.Metadata.Preprocessing! with { Resize = 4, Crop = new Size(4, 4) } }), "small.espalier");
        Assert.Contains("expected more than 1 value per channel", CliRun.Of([.. arguments, "--batch", "1", "--augment", "none"]).UserError(), StringComparison.Ordinal);
        Assert.False(Directory.Exists(folder.File("out.steps")));
        Assert.Equal(ExitCode.Success, CliRun.Of([.. arguments, "--batch", "8", "--augment", "none"]).Code);
    }

    [Fact]
    public void Several_parts_of_data_are_matched_each_by_its_own_names()
    {
        using var folder = new TemporaryFolder();
        using var other = new TemporaryFolder();
        string model = ColourData.Write(folder, ColourData.Model);
        JsonElement json = CliRun.Of("evaluate", model, "--data", ColourData.Write(folder, "green", "red"), ColourData.Write(other, "blue"), "--json").Json();
        Assert.Equal((3 * ColourData.OfEach, 3 * ColourData.OfEach), (json.GetProperty("count").GetInt32(), json.GetProperty("top1_correct").GetInt32()));
    }

    [Fact]
    public void Two_models_with_outputs_in_another_order_are_compared_by_name()
    {
        using var folder = new TemporaryFolder();
        string first = ColourData.Write(folder, ColourData.Model), second = ColourData.Write(folder, ColourData.Order(ColourData.Model, ColourData.Names), "sorted.espalier");
        JsonElement json = CliRun.Of("compare", first, second, "--data", ColourData.Write(folder, ColourData.Names), "--json").Json();
        Assert.Equal(3 * ColourData.OfEach, json.GetProperty("same_class").GetInt32());
        Assert.Equal((0, 1, 1), (json.GetProperty("maximum_difference").GetDouble(), json.GetProperty("a").GetProperty("accuracy").GetDouble(), json.GetProperty("b").GetProperty("accuracy").GetDouble()));

        string third = ColourData.Write(folder, Bare(ColourData.Order(ColourData.Model, ColourData.Names)), "bare.espalier");
        foreach (string[] pair in (string[][])[[first, third], [third, first]])
        {
            CliRun run = CliRun.Of(["compare", .. pair, "--data", folder.File("data"), "--json"]);
            Assert.Equal(3 * ColourData.OfEach, run.Json().GetProperty("same_class").GetInt32());
            Assert.Contains("has no labels: its 3 outputs are taken to be the data's classes in their order (blue, green, red)", run.Error, StringComparison.Ordinal);
        }

        File.WriteAllLines(folder.File("labels.txt"), ColourData.Names);
        Assert.Equal(3 * ColourData.OfEach, CliRun.Of("compare", first, third, "--data", folder.File("data"), "--labels", folder.File("labels.txt"), "--json").Json().GetProperty("same_class").GetInt32());
        Model fruit = ColourData.Model.With(ColourData.Model.Metadata with { Labels = ["apple", "berry", "melon"] });
        CliRun foreign = CliRun.Of("compare", first, ColourData.Write(folder, fruit, "fruit.espalier"));
        Assert.Contains("apple", foreign.Out, StringComparison.Ordinal);
        Assert.Contains("so they were not run on the same samples", foreign.Out, StringComparison.Ordinal);
        Assert.Contains("apple", CliRun.Of("compare", first, folder.File("fruit.espalier"), "--json").Json().GetProperty("not_compared").GetString(), StringComparison.Ordinal);
    }

    private static Model Bare(Model model) => model.With(model.Metadata with { Labels = [] });

    private static IEnumerable<(string Model, double Accuracy)> Accuracies(TemporaryFolder folder, JsonElement json) =>
        json.TryGetProperty("networks", out JsonElement networks)
            ? networks.EnumerateArray().Select(each => (folder.File($"run/{each.GetProperty("network").GetString()}/model.espalier"), 1 - each.GetProperty("test_error").GetDouble()))
            : [(json.GetProperty("model").GetString()!, json.GetProperty("history")[0].GetProperty("validation_accuracy").GetDouble())];

    private static (CliRun Run, int Right) Run(ClassVerb verb, TemporaryFolder folder, string data, int classes, params string[] more)
    {
        CliRun run = CliRun.Of(verb.CommandLine(folder, ModelOf(folder), data, more));
        return (run, verb.Right(run.Json(), classes * ColourData.OfEach));
    }

    private static string Refused(ClassVerb verb, TemporaryFolder folder, string data, params string[] more)
    {
        string error = CliRun.Of(verb.CommandLine(folder, ModelOf(folder), data, more)).UserError();
        Assert.True(verb.Output is null || !File.Exists(folder.File(verb.Output)), "a model was written");
        return error;
    }

    /// <summary>The colours' model, unless the test has written another one.</summary>
    private static string ModelOf(TemporaryFolder folder)
    {
        string path = folder.File("colours.espalier");
        return File.Exists(path) ? path : ColourData.Write(folder, ColourData.Model);
    }

    /// <summary>What the verb notes of the model that it writes is what 'evaluate' says of that model on the same data.</summary>
    private static void RequireSame(ClassVerb verb, TemporaryFolder folder, string data, int classes, params string[] more)
    {
        if (verb.Output is string output)
        {
            Model written = ModelFile.Read(folder.File(output));
            JsonElement evaluation = CliRun.Of(["evaluate", folder.File(output), "--data", data, "--json", .. more]).Json();
            Assert.Equal(written.LastFigures()!.Value.Accuracy!.Value * classes * ColourData.OfEach, evaluation.GetProperty("top1_correct").GetInt32(), 1e-6);
        }
    }

    private static void RequireLabels(ClassVerb verb, TemporaryFolder folder, params string[] labels)
    {
        if (verb.Output is string output)
        {
            Assert.Equal(labels, ModelFile.Read(folder.File(output)).Metadata.Labels);
        }
    }

    private static IEnumerable<string> Notes(CliRun run) => run.Error.Split('\n').Where(line => line.StartsWith("note: ", StringComparison.Ordinal) && line.Contains("class", StringComparison.Ordinal));
}
