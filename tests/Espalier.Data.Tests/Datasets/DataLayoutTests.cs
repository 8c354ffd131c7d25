using Espalier.Tensors;
using Espalier.Testing;

namespace Espalier.Data.Tests.Datasets;

/// <summary>What the content of a folder is taken for.</summary>
public class DataLayoutTests
{
    [Fact(DisplayName = "Faults: torchvision's ImageNet root (meta.bin beside train/, val/), or any small *.bin beside class folders, is folders of images")]
    public void Folders_of_images_come_before_files()
    {
        using var folder = new TemporaryFolder();
        Images(folder, "imagenet/train/a", "imagenet/train/b", "imagenet/val/a", "imagenet/val/b", "classes/a", "classes/b");
        folder.Write("imagenet/meta.bin", new byte[500]);
        folder.Write("classes/index.bin", TestFiles.Cifar([1])); // even where its size is that of CIFAR
        folder.Write("cifar/notes.bin", 1, 2, 3);
        folder.Write("cifar/part.bin", TestFiles.Cifar([1], [2]));
        folder.Write("named/data_batch_1.bin", 1, 2, 3);

        Assert.Equal((2, 2), (DataSource.Open(folder.File("imagenet")).Training.Count, DataSource.OpenForEvaluation(folder.File("imagenet")).Count));
        Assert.Equal(["a", "b"], DataSource.OpenForEvaluation(folder.File("classes")).Labels);
        Assert.Equal((2, "airplane"), (DataSource.OpenForEvaluation(folder.File("cifar")).Count, DataSource.OpenForEvaluation(folder.File("cifar")).Labels[0]));
        Assert.Contains("found 3 bytes, expected a multiple of 3073", Message("named"), StringComparison.Ordinal);

        string Message(string name) => Assert.Throws<MalformedInputException>(() => DataSource.Open(folder.File(name))).Message;
    }

    [Fact(DisplayName = "Faults: train-images.idx3-ubyte (dots) is read")]
    public void Idx_files_with_dots_are_read()
    {
        using var folder = new TemporaryFolder();
        folder.Write("MNIST/raw/train-images.idx3-ubyte", TestFiles.Idx([3, 2, 2], new byte[12]));
        folder.Write("MNIST/raw/train-labels.idx1-ubyte", TestFiles.Idx([3], 1, 2, 3));
        folder.Write("MNIST/raw/t10k-images.idx3-ubyte.gz", TestFiles.Gzip(TestFiles.Idx([1, 2, 2], new byte[4])));
        folder.Write("MNIST/raw/t10k-labels-idx1-ubyte", TestFiles.Idx([1], 9));
        folder.Write("half/train-images-idx3-ubyte", TestFiles.Idx([3, 2, 2], new byte[12]));

        Assert.Equal((3, 1), (DataSource.Open(folder.File("MNIST/raw")).Training.Count, DataSource.OpenForEvaluation(folder.File("MNIST/raw")).Count));
        Assert.Contains("train-labels-idx1-ubyte, is missing", Refusal(folder.File("half")), StringComparison.Ordinal);
        Assert.Contains($"{folder.File("MNIST/raw")} holds such files: give that folder as the data", Refusal(folder.File("MNIST")), StringComparison.Ordinal);
    }

    [Fact(DisplayName = "Faults: cifar-10-batches-py is refused with the cause and the remedy, and so are archives and images without folders")]
    public void What_is_not_read_is_named_with_the_remedy()
    {
        using var folder = new TemporaryFolder();
        folder.Write("cifar-10-batches-py/batches.meta", 0x80);
        folder.Write("cifar-10-batches-py/data_batch_1", 0x80);
        folder.Write("cifar-100-python/train", 0x80);
        folder.Write("cifar-100-python/test", 0x80);
        folder.Write("cifar-100-python/meta", 0x80);
        folder.Write("archive/cifar-10-binary.tar.gz", 0x1F);
        folder.Write("flat/1.png", TestFiles.Png(1));

        Assert.Contains("files of CIFAR for Python, which are pickled: use the binary version", Refusal(folder.File("cifar-10-batches-py")), StringComparison.Ordinal);
        Assert.Contains("files of CIFAR for Python", Refusal(folder.File("cifar-100-python")), StringComparison.Ordinal);
        Assert.Contains("Unpack", Refusal(folder.File("archive")), StringComparison.Ordinal);
        Assert.Contains("images in the folder itself", Refusal(folder.File("flat")), StringComparison.Ordinal);
    }

    [Fact(DisplayName = "Faults: train on a folder one level too high is refused with the likely cause")]
    public void A_folder_one_level_too_high_is_refused()
    {
        using var folder = new TemporaryFolder();
        Images(folder, "high/flowers/daisy", "high/flowers/rose", "one/daisy", "parts/flowers/train/a", "parts/flowers/val/a", "flat/train", "flat/test");

        Assert.Contains($"found one class only, 'flowers', and training needs at least two; {folder.File("high/flowers")} contains folders itself (daisy, rose)", Refusal(folder.File("high")), StringComparison.Ordinal);
        Assert.EndsWith("found one class only, 'daisy', and training needs at least two", Refusal(folder.File("one")), StringComparison.Ordinal);
        Assert.Contains("(train, val)", Refusal(folder.File("parts")), StringComparison.Ordinal);
        Assert.Contains("expected one folder of images per class, found no folder", Refusal(folder.File("flat")), StringComparison.Ordinal);
        Assert.Equal(["daisy"], DataSource.OpenForEvaluation(folder.File("one")).Labels); // one class can be evaluated on
    }

    [Fact(DisplayName = "Faults: test/ beside train/ is what is evaluated on, and a class named train is a class")]
    public void Parts_are_told_from_classes()
    {
        using var folder = new TemporaryFolder();
        Images(folder, "tested/train/a", "tested/train/b", "tested/test/a", "kaggle/Training/a", "kaggle/Training/b", "kaggle/Testing/b", "vehicles/bus", "vehicles/train", "both/train/a", "both/train/b", "both/val/a", "both/val/b", "both/test/b");

        Assert.Equal((2, 1), (DataSource.Open(folder.File("tested")).Training.Count, DataSource.Open(folder.File("tested")).Validation.Count));
        Assert.Equal((1, 1), (DataSource.OpenForEvaluation(folder.File("kaggle")).Count, DataSource.OpenForEvaluation(folder.File("kaggle")).LabelOf(0)));
        Assert.Equal(["bus", "train"], DataSource.OpenForEvaluation(folder.File("vehicles")).Labels);
        Assert.Equal(2, DataSource.Open(folder.File("both")).Validation.Count);
    }

    private static string Refusal(string path) => Assert.Throws<EspalierException>(() => DataSource.Open(path)).Message;

    private static void Images(TemporaryFolder folder, params string[] classes)
    {
        foreach (string name in classes)
        {
            folder.Write($"{name}/1.png", TestFiles.Png(1));
        }
    }
}
