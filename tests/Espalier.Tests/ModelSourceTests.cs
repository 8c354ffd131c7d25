using Espalier.Formats;
using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Tests;

/// <summary>Where models come from and go to: nothing that is asked for is left aside.</summary>
public sealed class ModelSourceTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _model;
    private readonly string _weights;

    public ModelSourceTests()
    {
        _model = TinyData.WriteModel(_folder);
        _weights = _folder.File("weights.pth");
        TinyData.Model().Save(_weights);
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void What_means_nothing_for_a_source_is_refused()
    {
        Assert.Contains("a Seed draws random weights", Refusal(new ModelSource(TinyData.Network) { Weights = _weights, Seed = 1 }), StringComparison.Ordinal);
        Assert.Contains("a Seed draws random weights", Refusal(new ModelSource(_model) { Seed = 0 }), StringComparison.Ordinal);
        Assert.Contains("StateDictKey is about the checkpoint of Weights, and there is none", Refusal(new ModelSource(TinyData.Network) { Seed = 1, StateDictKey = "net" }), StringComparison.Ordinal);
        Assert.Contains("StateDictKey is about the checkpoint of Weights", Refusal(new ModelSource(_model) { StateDictKey = "net" }), StringComparison.Ordinal);
        Assert.Contains("Renames are about the checkpoint of Weights", Refusal(new ModelSource(_model) { Renames = [RenameRule.Parse("^a=>b")] }), StringComparison.Ordinal);
        Assert.Contains("ShapeList is about the checkpoint of Weights", Refusal(new ModelSource(TinyData.Network) { Seed = 1, ShapeList = "x.shapes.json" }), StringComparison.Ordinal);
        Assert.Contains("ShapeList is about a checkpoint, but", Refusal(new ModelSource(_model) { ShapeList = "x.shapes.json" }), StringComparison.Ordinal);
        Assert.Contains("the number of classes is chosen for a network of the zoo", Refusal(new ModelSource(_model) { Classes = 3 }), StringComparison.Ordinal);
        Assert.Contains("the number of classes is chosen", Assert.Throws<EspalierException>(() => new ModelSource(_model) { Classes = 3 }.LoadNetwork()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_a_model_file_does_not_hold_is_refused()
    {
        string path = _folder.File("out.espalier");
        string Refused(SaveOptions options) => Assert.Throws<EspalierException>(() => TinyData.Model().Save(path, options)).Message;

        Assert.Contains("Masks is about a file of weights", Refused(new SaveOptions { Masks = true }), StringComparison.Ordinal);
        Assert.Contains("Renames is about a file of weights", Refused(new SaveOptions { Renames = [RenameRule.Parse("^a=>b")] }), StringComparison.Ordinal);
        Assert.Contains("ShapeList is about a file of weights", Refused(new SaveOptions { ShapeList = "x" }), StringComparison.Ordinal);
        Assert.False(File.Exists(path));
    }

    [Theory]
    [InlineData("small.pth")]
    [InlineData("small.safetensors")]
    public void Weights_of_a_pruned_model_come_back_with_their_shape_list(string file)
    {
        string path = _folder.File(file), list = _folder.File("small.shapes.json"), moved = _folder.File("elsewhere.json");
        Model pruned = TinyData.Model().Prune(PruneOptions.Channels(0.5), cancellation: TestContext.Current.CancellationToken).Model;
        Assert.Equal(list, pruned.Save(path).ShapeList);
        Prediction[] expected = Answers(pruned);

        Assert.Equal(expected, Answers(ModelSource.Load(path)));
        Assert.Equal(pruned.Graph, new ModelSource(path).LoadNetwork().Graph);
        Assert.Contains("is a shape list", Refusal(list), StringComparison.Ordinal);
        Assert.Contains("both weights", Refusal(new ModelSource(path) { Weights = _weights }), StringComparison.Ordinal);

        File.Move(list, moved);
        Assert.Contains("contains weights only; name the architecture", Refusal(path), StringComparison.Ordinal);
        Assert.Equal(expected, Answers(new ModelSource(path) { ShapeList = moved }.Load()));
        Assert.Equal(expected, Answers(new ModelSource(TinyData.Network) { Weights = path, ShapeList = moved }.Load()));
        Assert.Contains("with the checkpoint as the Name the network is taken as it is listed", Refusal(new ModelSource("resnet18") { Weights = path, ShapeList = moved }), StringComparison.Ordinal);
        Assert.Contains("says what the network is", Refusal(new ModelSource(TinyData.Network) { Weights = path, ShapeList = moved, Classes = 10 }), StringComparison.Ordinal);
    }

    [Fact]
    public void Labels_that_are_none_are_refused_where_they_stand()
    {
        string labels = _folder.File("labels.txt");
        File.WriteAllLines(labels, ["a", "b", " ", "d", "e", "f", "g", "h", "i", "j"]);
        ModelSource source = new(_model) { LabelsFile = labels };

        Assert.Equal($"{labels} line 3: expected the name of class 2, found an empty line", Refusal(source));
        Assert.Contains("the label of class 1 is empty", Refusal(new ModelSource(_model) { Labels = ["a", "", "c", "d", "e", "f", "g", "h", "i", "j"] }), StringComparison.Ordinal);
        Assert.Contains("the label of class 0 is empty", Refusal(new ModelSource(_model) { Labels = [null!, "b", "c", "d", "e", "f", "g", "h", "i", "j"] }), StringComparison.Ordinal);
        Assert.Contains("Labels and LabelsFile both name the classes", Refusal(source with { Labels = ["a"] }), StringComparison.Ordinal);
        File.WriteAllLines(labels, ["crane", "b", "crane", "d", "e", "f", "g", "h", "i", "j"]); // as in ImageNet's list
        Assert.Equal("crane", source.Load().Metadata.Labels[2]);
    }

    [Fact]
    public void A_model_with_labels_for_some_of_its_outputs_is_no_classifier()
    {
        Model model = TinyData.Model();
        Assert.Contains("the model has 2 labels (a, b) for 10 outputs", Assert.ThrowsAny<EspalierException>(() => new ImageClassifier(model.With(model.Metadata with { Labels = ["a", "b"] }))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_no_model_is_named_with_its_folder()
    {
        string path = _folder.File("text.espalier");
        File.WriteAllText(path, "no model");
        Assert.StartsWith($"{path} is no model file: ", Refusal(path), StringComparison.Ordinal);
    }

    [Fact]
    public void What_cannot_be_read_or_written_is_an_error_about_the_file()
    {
        string missing = Path.Combine(_folder.Path, "missing", "x.espalier");
        string folder = Directory.CreateDirectory(_folder.File("folder")).FullName;
        string file = _folder.File("file");
        File.WriteAllText(file, "");
        using var classifier = new ImageClassifier(TinyData.Model());

        Assert.Equal($"cannot write {missing}: its folder does not exist", Assert.Throws<EspalierException>(() => TinyData.Model().Save(missing)).Message);
        Assert.StartsWith($"cannot read {missing}: ", Refusal(new ModelSource(_model) { LabelsFile = missing }), StringComparison.Ordinal);
        Assert.Equal($"cannot read {folder}: it is a folder", Refusal(new ModelSource(_model) { LabelsFile = folder }));
        Assert.Equal($"cannot read {folder}: it is a folder", Assert.Throws<EspalierException>(() => classifier.Classify(folder)).Message);
        Assert.StartsWith($"cannot read {missing}: ", Assert.Throws<EspalierException>(() => classifier.Classify(missing)).Message, StringComparison.Ordinal);
        Assert.Equal($"{missing}: no such file or folder", Assert.Throws<EspalierException>(() => classifier.Evaluate(missing, cancellation: TestContext.Current.CancellationToken)).Message);
        PruneOptions recovering = PruneOptions.Weights(0.5).Recovering(1, TinyData.WriteCifar(_folder, 20));
        Assert.StartsWith($"cannot write to {file}/steps: ", Assert.Throws<EspalierException>(() => TinyData.Model().Prune(recovering with { Recovery = recovering.Recovery! with { Folder = $"{file}/steps" } }, cancellation: TestContext.Current.CancellationToken)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_that_may_not_be_read_is_an_error_about_the_folder()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows() || Environment.IsPrivilegedProcess, "needs a user whom file permissions stop");
        string folder = Directory.CreateDirectory(_folder.File("locked")).FullName;
        using var classifier = new ImageClassifier(TinyData.Model());
#pragma warning disable CA1416 // skipped on Windows above
        File.SetUnixFileMode(folder, UnixFileMode.None);
        Assert.StartsWith($"cannot read {folder}: ", Assert.Throws<EspalierException>(() => classifier.Evaluate(folder, cancellation: TestContext.Current.CancellationToken)).Message, StringComparison.Ordinal);
        Assert.StartsWith($"cannot read {folder}: ", Assert.Throws<EspalierException>(() => classifier.ClassifyAll([folder], cancellation: TestContext.Current.CancellationToken)).Message, StringComparison.Ordinal);
        File.SetUnixFileMode(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
#pragma warning restore CA1416
    }

    private static string Refusal(ModelSource source) => Assert.ThrowsAny<EspalierException>(source.Load).Message;

    private static Prediction[] Answers(Model model)
    {
        using var classifier = new ImageClassifier(model);
        return classifier.Classify(TinyData.Picture(1));
    }
}
