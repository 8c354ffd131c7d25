using Espalier.Tensors;
using Espalier.Testing;

namespace Espalier.Data.Tests.Datasets;

public class DataSourceTests
{
    [Fact]
    public void Folders_are_classes_in_the_order_of_their_names_as_torchvision_has_it()
    {
        using var folder = new TemporaryFolder();
        foreach (string name in new[] { "train/b/2.png", "train/b/1.PNG", "train/a/deep/x.png", "train/B/y.png", "val/a/1.png", "val/b/1.png", "val/B/1.png" })
        {
            folder.Write(name, TestFiles.Png((byte)name.Length));
        }

        folder.Write("train/a/notes.txt", 1, 2, 3);
        TrainingData data = DataSource.Open(folder.Path);

        Assert.Equal(["B", "a", "b"], data.Training.Labels);
        Assert.Equal([0, 1, 2, 2], Enumerable.Range(0, data.Training.Count).Select(data.Training.LabelOf));
        Assert.EndsWith(Path.Combine("b", "1.PNG"), data.Training.NameOf(2), StringComparison.Ordinal);
        Assert.Equal((3, (Shape?)null), (data.Validation.Count, data.Validation.SampleShape));
    }

    [Fact]
    public void Links_to_images_are_images_and_links_to_folders_lead_nowhere()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "links need a privilege there");
        using var folder = new TemporaryFolder();
        string image = folder.Write("elsewhere/1.png", TestFiles.Png(1));
        folder.Write("data/a/2.png", TestFiles.Png(1));
        File.CreateSymbolicLink(folder.File("data/a/1.png"), image);
        Directory.CreateSymbolicLink(folder.File("data/a/circle"), Path.Combine(folder.Path, "data", "a"));
        ImageFileDataset data = ImageFileDataset.OpenFolders(Path.Combine(folder.Path, "data"));

        Assert.Equal(["1.png", "2.png"], Enumerable.Range(0, data.Count).Select(index => Path.GetFileName(data.NameOf(index))));
    }

    [Fact]
    public void A_folder_that_may_not_be_read_is_not_passed_over_in_silence()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows() || Environment.IsPrivilegedProcess, "needs a user whom file permissions stop");
        using var folder = new TemporaryFolder();
        folder.Write("data/a/1.png", TestFiles.Png(1));
        string locked = Path.GetDirectoryName(folder.Write("data/a/locked/2.png", TestFiles.Png(1)))!;
#pragma warning disable CA1416 // skipped on Windows above
        File.SetUnixFileMode(locked, UnixFileMode.None);
        Assert.Contains("locked", Assert.Throws<EspalierException>(() => ImageFileDataset.OpenFolders(Path.Combine(folder.Path, "data"))).Message, StringComparison.Ordinal);
        File.SetUnixFileMode(locked, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
#pragma warning restore CA1416
    }

    [Fact]
    public void No_path_is_no_data()
    {
        Assert.Throws<ArgumentNullException>("path", () => DataSource.Open(null!));
        Assert.Throws<ArgumentException>("path", () => DataSource.OpenForEvaluation(""));
        Assert.Throws<ArgumentException>("paths", () => ImageFileDataset.OpenUnlabelled(["a.png", ""]));
        Assert.Throws<ArgumentNullException>("paths", () => ImageFileDataset.OpenUnlabelled(null!));
    }

    [Fact]
    public void Parts_with_other_classes_are_refused()
    {
        using var folder = new TemporaryFolder();
        folder.Write("train/a/1.png", TestFiles.Png(1));
        folder.Write("val/b/1.png", TestFiles.Png(1));

        Assert.Contains("the validation data's classes are not the training data's: none of them is among its labels; the validation data has 1 (b), the training data 1 (a)", Assert.Throws<ClassMismatchException>(() => DataSource.Open(folder.Path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_a_part_for_validation_a_share_is_held_back()
    {
        using var folder = new TemporaryFolder();
        string path = folder.Write("data.bin", TestFiles.Cifar([.. Enumerable.Range(0, 20).Select(i => new[] { (byte)(i % 10) })]));
        TrainingData data = DataSource.Open(path), again = DataSource.Open(path), other = DataSource.Open(path, DataSourceOptions.Default with { Seed = 1, ValidationShare = 0.5 });

        Assert.Equal((18, 2), (data.Training.Count, data.Validation.Count));
        Assert.Equal((10, 10), (other.Training.Count, other.Validation.Count));
        Assert.Equal(Names(data.Validation), Names(again.Validation));
        Assert.Equal(20, Names(data.Training).Union(Names(data.Validation)).Count());
    }

    [Fact]
    public void Cifar_and_mnist_folders_are_told_by_their_files()
    {
        using var folder = new TemporaryFolder();
        folder.Write("cifar/data_batch_1.bin", TestFiles.Cifar([1], [2]));
        folder.Write("cifar/data_batch_2.bin", TestFiles.Cifar([3]));
        folder.Write("cifar/test_batch.bin", TestFiles.Cifar([4]));
        folder.Write("fashion/train-images-idx3-ubyte", TestFiles.Idx([3, 2, 2], new byte[12]));
        folder.Write("fashion/train-labels-idx1-ubyte", TestFiles.Idx([3], 1, 2, 3));
        folder.Write("fashion/t10k-images-idx3-ubyte.gz", TestFiles.Gzip(TestFiles.Idx([1, 2, 2], new byte[4])));
        folder.Write("fashion/t10k-labels-idx1-ubyte.gz", TestFiles.Gzip(TestFiles.Idx([1], 9)));
        TrainingData cifar = DataSource.Open(Path.Combine(folder.Path, "cifar")), fashion = DataSource.Open(Path.Combine(folder.Path, "fashion"));

        Assert.Equal((3, 1, "airplane"), (cifar.Training.Count, cifar.Validation.Count, cifar.Training.Labels[0]));
        Assert.Equal((3, 1, "Ankle boot"), (fashion.Training.Count, fashion.Validation.Count, fashion.Training.Labels[9]));
    }

    [Fact]
    public void A_part_to_measure_on_may_lack_classes_and_those_it_has_keep_their_numbers()
    {
        using var folder = new TemporaryFolder();
        foreach (string name in new[] { "train/a/1.png", "train/b/1.png", "train/c/1.png", "val/c/1.png", "val/b/1.png" })
        {
            folder.Write(name, TestFiles.Png(1));
        }

        TrainingData data = DataSource.Open(folder.Path);
        Assert.Equal(["a", "b", "c"], data.Validation.Labels);
        Assert.Equal([1, 2], Enumerable.Range(0, data.Validation.Count).Select(data.Validation.LabelOf));
        Assert.Equal("the validation data has 2 of the training data's 3 classes: b, c", data.Note);
        IDataset alone = DataSource.OpenForEvaluation(folder.Path);
        Assert.Equal(["a", "b", "c"], alone.Labels);
        Assert.Equal([1, 2], Enumerable.Range(0, alone.Count).Select(alone.LabelOf));
    }

    [Fact]
    public void For_evaluation_the_part_that_is_held_back_is_taken_with_classes_of_its_own()
    {
        using var folder = new TemporaryFolder();
        folder.Write("cifar/data_batch_1.bin", TestFiles.Cifar([1], [2]));
        folder.Write("cifar/test_batch.bin", TestFiles.Cifar([4]));
        folder.Write("folders/train/cat/1.png", TestFiles.Png(1));
        folder.Write("folders/train/dog/1.png", TestFiles.Png(1));
        folder.Write("folders/test/dog/1.png", TestFiles.Png(1));
        IDataset cifar = DataSource.OpenForEvaluation(folder.File("cifar")), folders = DataSource.OpenForEvaluation(folder.File("folders"));

        Assert.Equal((1, 4, "deer"), (cifar.Count, cifar.LabelOf(0), cifar.Labels[4]));
        Assert.Equal((1, 1, "cat, dog"), (folders.Count, folders.LabelOf(0), string.Join(", ", folders.Labels)));
    }

    [Fact]
    public void Classes_are_in_the_order_of_their_code_points_as_in_Python()
    {
        using var folder = new TemporaryFolder();
        string[] sorted = ["B", "a", "z", "\uff71", "\uff71a", "\U0001F600", "\U0001F601"]; // what sorted() makes of them in Python 3.11
        foreach (string name in sorted)
        {
            folder.Write($"{name}/1.png", TestFiles.Png(1));
        }

        Assert.Equal(sorted, ImageFileDataset.OpenFolders(folder.Path).Labels);
    }

    [Fact]
    public void The_generated_data_needs_no_path()
    {
        TrainingData data = DataSource.Open("shapes", DataSourceOptions.Default with { GeneratedTraining = 30, GeneratedValidation = 20, GeneratedSide = 16 });

        Assert.Equal((30, 20, "3x16x16"), (data.Training.Count, data.Validation.Count, data.Training.SampleShape.ToString()));
        Assert.Equal(20, DataSource.OpenForEvaluation("shapes", DataSourceOptions.Default with { GeneratedValidation = 20 }).Count);
    }

    [Fact]
    public void A_path_that_holds_nothing_is_refused()
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(Path.Combine(folder.Path, "empty", "class"));

        Assert.Contains("no such file or folder", Refusal("missing"), StringComparison.Ordinal);
        Assert.Contains("the folder has no images", Refusal("empty"), StringComparison.Ordinal);
        Assert.Contains("found neither", Refusal(Path.Combine("empty", "class")), StringComparison.Ordinal);

        string Refusal(string name) => Assert.Throws<EspalierException>(() => DataSource.Open(Path.Combine(folder.Path, name))).Message;
    }

    private static IEnumerable<string> Names(IDataset data) => Enumerable.Range(0, data.Count).Select(data.NameOf);
}
