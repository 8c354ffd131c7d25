using Espalier.Testing;

namespace Espalier.Data.Tests.Datasets;

/// <summary>Which files of a folder count.</summary>
public class FolderFileTests
{
    [Fact(DisplayName = "Faults: a class folder with png, webp, bmp, jfif and a linked subfolder: known formats are read, the others counted and named")]
    public void Known_formats_are_read_and_the_others_counted_and_named()
    {
        using var folder = new TemporaryFolder();
        for (int i = 0; i < 10; i++)
        {
            foreach (string extension in new[] { "png", "jfif", "xyz", "heic" })
            {
                folder.Write($"data/a/{i}.{extension}", TestFiles.Png(1));
            }

            folder.Write($"elsewhere/linked{i}.jpg", TestFiles.Png(1));
        }

        folder.Write("data/b/1.png", TestFiles.Png(1));
        Link(folder, "data/a/linked", "elsewhere");
        ImageFileDataset data = ImageFileDataset.OpenFolders(folder.File("data"));

        Assert.Equal(30, Enumerable.Range(0, data.Count).Count(index => data.LabelOf(index) == 0));
        string note = Assert.Single(((IDataset)data).Notes);
        Assert.StartsWith("20 files are not read", note, StringComparison.Ordinal);
        Assert.Contains("10 .heic, 10 .xyz; the first: ", note, StringComparison.Ordinal);
        Assert.Equal(note, Assert.Single(new Subset(data, [1, 2]).Notes));
    }

    [Fact(DisplayName = "Faults: links to folders are followed once, also where they form cycles")]
    public void Links_are_followed_once()
    {
        using var folder = new TemporaryFolder();
        string image = folder.Write("elsewhere/1.png", TestFiles.Png(1));
        folder.Write("data/a/2.png", TestFiles.Png(1));
        folder.Write("data/a/deep/3.png", TestFiles.Png(1));
        folder.Write("outside/in/4.png", TestFiles.Png(1));
        Link(folder, "data/a/circle", "data/a");
        Link(folder, "data/a/0deep", "data/a/deep"); // sorted before the folder that it leads to
        Link(folder, "outside/in/back", "data");
        Link(folder, "data/a/x", "outside");
        Link(folder, "data/a/y", "outside/in");
        File.CreateSymbolicLink(folder.File("data/a/1.png"), image);
        ImageFileDataset data = ImageFileDataset.OpenFolders(folder.File("data"));

        string root = folder.File("data/a") + Path.DirectorySeparatorChar;
        Assert.Equal(["1.png", "2.png", "deep/3.png", "x/in/4.png"], Enumerable.Range(0, data.Count).Select(index => data.NameOf(index).Replace(root, "", StringComparison.Ordinal).Replace('\\', '/')));
    }

    [Fact(DisplayName = "Faults: an image with a fault that does not affect its pixels is reported once, with the number of such images")]
    public void Warnings_of_images_are_counted()
    {
        using var folder = new TemporaryFolder();
        folder.Write("a/1.png", TestFiles.Png(1));
        folder.Write("a/2.png", TestFiles.Png(1)[..^12]); // without IEND
        folder.Write("b/3.png", TestFiles.Png(1)[..^12]);
        ImageFileDataset data = ImageFileDataset.OpenFolders(folder.Path);
        Assert.Empty(data.Notes);
        for (int pass = 0; pass < 2; pass++)
        {
            for (int i = data.Count - 1; i >= 0; i--)
            {
                data.Read(i, new PixelBuffer());
            }
        }

        string note = Assert.Single(data.Notes);
        Assert.StartsWith("2 images have faults", note, StringComparison.Ordinal);
        Assert.Contains(folder.File("a/2.png"), note, StringComparison.Ordinal);
    }

    [Fact(DisplayName = "Faults: one missing file among several is a sample that cannot be read")]
    public void A_missing_file_leaves_the_others()
    {
        using var folder = new TemporaryFolder();
        string good = folder.Write("1.png", TestFiles.Png(1));
        Directory.CreateDirectory(folder.File("empty"));
        ImageFileDataset data = ImageFileDataset.OpenUnlabelled([folder.File("nowhere.png"), good, folder.File("empty")]);

        Assert.Equal(3, data.Count);
        data.Read(1, new PixelBuffer());
        Assert.Contains("no such file or folder", Assert.Throws<Tensors.EspalierException>(() => data.Read(0, new PixelBuffer())).Message, StringComparison.Ordinal);
        Assert.Contains("has no images", Assert.Throws<Tensors.EspalierException>(() => data.Read(2, new PixelBuffer())).Message, StringComparison.Ordinal);
    }

    private static void Link(TemporaryFolder folder, string name, string target)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "links need a privilege there");
        Directory.CreateSymbolicLink(folder.File(name), folder.File(target));
    }
}
