using System.Text;
using System.Text.Json;
using Espalier.Formats;
using Espalier.Imaging;

namespace Espalier.Cli.Tests;

/// <summary>Files that people give to verbs as images and models.</summary>
public sealed class ImageFileTests
{
    [Fact(DisplayName = "Faults: one missing file among several does not end classify, as a corrupt one does not; the exit code says so")]
    public void Missing_and_corrupt_files_leave_the_others()
    {
        using var folder = new TemporaryFolder();
        (string model, string good) = (TinyData.WriteModel(folder), Picture(folder, "good.png"));
        string corrupt = folder.Write("corrupt.png", [.. File.ReadAllBytes(good)[..60]]);
        foreach (string other in new[] { folder.File("nowhere.png"), corrupt })
        {
            CliRun run = CliRun.Of("classify", model, other, good, "--json");
            Assert.Equal(ExitCode.UserError, run.Code);
            using JsonDocument answers = JsonDocument.Parse(run.Out);
            Assert.Equal(good, answers.RootElement[0].GetProperty("image").GetString());
            Assert.Equal(other, answers.RootElement[1].GetProperty("image").GetString());
            Assert.Contains($"warning: {other}", run.Error, StringComparison.Ordinal);
        }

        Assert.Equal(ExitCode.Success, CliRun.Of("classify", model, good).Code);
    }

    [Theory(DisplayName = "Faults: empty files, HTML pages, Git-LFS pointers and the like in place of images: what was found is named")]
    [InlineData("", "it is empty")]
    [InlineData("<!DOCTYPE html><html>", "a web page (HTML)")]
    [InlineData("version https://git-lfs.github.com/spec/v1\noid sha256:", "a Git LFS pointer instead of the file: 'git lfs pull' fetches it")]
    [InlineData("{\"message\": \"not found\"}", "JSON")]
    [InlineData("%PDF-1.7 ....", "a PDF document")]
    [InlineData("\0\0\0\u0018ftypheic....", "a HEIF image")]
    [InlineData("\0\0\0\u0018ftypavif....", "an AVIF image")]
    [InlineData("404: Not Found", "text that begins with \"404: Not Found\"")]
    public void What_is_not_an_image_is_named(string content, string name)
    {
        using var folder = new TemporaryFolder();
        string file = folder.Write("picture.jpg", Encoding.Latin1.GetBytes(content));
        Assert.Contains(name, CliRun.Of("classify", TinyData.Network, file).UserError(), StringComparison.Ordinal);
    }

    [Fact(DisplayName = "Faults: the command line reads WebP, BMP, GIF and TIFF")]
    public void Other_formats_are_read()
    {
        using var folder = new TemporaryFolder();
        string file = folder.Write("photo.bmp", [.. "BM"u8, 58, 0, 0, 0, 0, 0, 0, 0, 54, 0, 0, 0, 40, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 24, 0, .. new byte[24], 3, 2, 1, 0]);
        Assert.Equal(ExitCode.Success, CliRun.Of("classify", TinyData.WriteModel(folder), file).Code);
    }

    [Theory(DisplayName = "Faults: inspect names WebP, BMP, GIF and TIFF, and other formats that are not read")]
    [InlineData("photo.bmp", "image", "a BMP picture of 1x1 pixels")]
    [InlineData("photo.gif", "image", "a GIF picture of 1x1 pixels")]
    [InlineData("photo.avif", "unknown", "an AVIF image, which is not read: convert it to JPEG or PNG")]
    [InlineData("labels.txt", "labels", "text of 2 lines")]
    public void Inspect_names_other_formats(string name, string kind, string description)
    {
        using var folder = new TemporaryFolder();
        byte[] content = name switch
        {
            "photo.bmp" => [.. "BM"u8, 58, 0, 0, 0, 0, 0, 0, 0, 54, 0, 0, 0, 40, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 24, 0, .. new byte[24], 3, 2, 1, 0],
            "photo.gif" => [.. "GIF89a"u8, 1, 0, 1, 0, 0x80, 0, 0, 10, 20, 30, 0, 0, 0, 0x2C, 0, 0, 0, 0, 1, 0, 1, 0, 0, 2, 2, 0x44, 1, 0, 0x3B],
            "photo.avif" => [0, 0, 0, 24, .. "ftypavif"u8, 0, 0, 0, 0],
            _ => [.. "BMW 3\nAudi\n"u8], // which begins as a BMP image does
        };
        string file = folder.Write(name, content);
        JsonElement json = CliRun.Of("inspect", file, "--json").Json();
        Assert.Equal(kind, json.GetProperty("kind").GetString());
        Assert.StartsWith(description, json.GetProperty("description").GetString(), StringComparison.Ordinal);
    }

    [Theory(DisplayName = "Faults: an unknown option is not taken for an image, a model or data")]
    [InlineData("--top", "classify", "MODEL", "--tpo", "1", "IMAGE")]
    [InlineData("--top", "classify", "MODEL", "IMAGE", "--tpo")]
    [InlineData("--limit", "evaluate", "MODEL", "--data", "IMAGE", "--limti", "3")]
    [InlineData("--json", "inspect", "--jsn")]
    [InlineData("--svg", "history", "--svgg")]
    [InlineData("--stages", "summary", "--stage")]
    public void An_unknown_option_is_an_error(string meant, params string[] words)
    {
        using var folder = new TemporaryFolder();
        string[] args = [.. words.Select(word => word == "MODEL" ? TinyData.WriteModel(folder) : word == "IMAGE" ? Picture(folder, "image.png") : word)];
        string error = CliRun.Of(args).UserError();
        Assert.Contains("unknown option", error, StringComparison.Ordinal);
        Assert.Contains($"did you mean {meant}", error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_with_a_hyphen_first_is_one_after_two_hyphens()
    {
        using var folder = new TemporaryFolder();
        CliRun run = CliRun.Of("classify", TinyData.WriteModel(folder), Picture(folder, "image.png"), "--", "--tpo");
        Assert.Contains("--tpo: no such file or folder", run.Error, StringComparison.Ordinal);
    }

    [Fact(DisplayName = "Faults: the folder of a training stands for its model.espalier wherever a model is named")]
    public void A_training_folder_is_its_model()
    {
        using var folder = new TemporaryFolder();
        string image = Picture(folder, "image.png");
        Directory.CreateDirectory(folder.File("runs/mine"));
        File.Move(TinyData.WriteModel(folder), folder.File("runs/mine/model.espalier"));
        string mine = folder.File("runs/mine");

        string[][] lines = [["classify", mine, image], ["summary", mine], ["history", mine], ["inspect", mine], ["compare", mine, mine], ["convert", mine, folder.File("out.espalier")], ["fold", mine, "--dry-run"]];
        foreach (string[] line in lines)
        {
            CliRun run = CliRun.Of(line);
            Assert.True(run.Code == ExitCode.Success, $"{line[0]}: {run.Error}");
        }

        Assert.Equal(ModelFile.Read(folder.File("runs/mine/model.espalier")).Metadata.Labels, new ModelSource(mine).Load().Metadata.Labels);
        Assert.Contains("a folder without model.espalier", CliRun.Of("classify", folder.File("runs"), image).UserError(), StringComparison.Ordinal);
        Assert.Contains("a folder without model.espalier", CliRun.Of("history", folder.File("runs")).UserError(), StringComparison.Ordinal);
    }

    [Fact(DisplayName = "Faults: a 108-megapixel photo: the limit is an option of every verb that reads images")]
    public void The_limit_on_pixels_is_an_option()
    {
        using var folder = new TemporaryFolder();
        (string model, string image) = (TinyData.WriteModel(folder), Picture(folder, "image.png"));
        string data = TinyData.WriteFolders(folder, 4);
        string small = CliRun.Of("classify", model, image, "--max-pixels", "1000").UserError();
        Assert.Contains("more than the limit of 1000", small, StringComparison.Ordinal);
        Assert.Contains("--max-pixels", small, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Success, CliRun.Of("classify", model, image, "--max-pixels", "1.1e8").Code);
        string[][] lines =
        [
            ["evaluate", model, "--data", data],
            ["sensitivity", model, "--data", data, "--amounts", "0.5"],
            ["compare", model, model, "--data", data],
            ["fold", model, "--verify", data, "--dry-run"],
            ["inspect", image],
        ];
        Assert.All(lines, line => Assert.Contains("more than the limit of 1000", CliRun.Of([.. line, "--max-pixels", "1000"]).Error, StringComparison.Ordinal));
        foreach (string verb in new[] { "train", "finetune", "degradation", "prune", "expand" })
        {
            string help = CliRun.Of(verb, "--help").Out;
            Assert.Contains("--max-pixels", help, StringComparison.Ordinal);
            Assert.Contains("--exif", help, StringComparison.Ordinal);
        }

        Assert.Contains("--max-pixels takes a whole number", CliRun.Of("classify", model, image, "--max-pixels", "many").UserError(), StringComparison.Ordinal);
        Assert.Contains("--exif is on or off", CliRun.Of("classify", model, image, "--exif", "maybe").UserError(), StringComparison.Ordinal);
        Assert.Contains("--exif is about the images of --data", CliRun.Of("compare", model, model, "--exif", "off").UserError(), StringComparison.Ordinal);
    }

    [Fact(DisplayName = "Faults: EXIF turning is a switch")]
    public void Orientation_is_a_switch()
    {
        using var folder = new TemporaryFolder();
        string model = TinyData.WriteModel(folder);
        byte[] plain = PngEncoder.Encode(TinyData.Picture(1));
        byte[] exif = [.. "MM\0*"u8, 0, 0, 0, 8, 0, 1, 1, 0x12, 0, 3, 0, 0, 0, 1, 0, 3, 0, 0, 0, 0, 0, 0]; // upside down
        string upright = folder.Write("upright.png", plain);
        string turned = folder.Write("turned.png", [.. plain[..33], .. Chunk("eXIf"u8, exif), .. plain[33..]]); // after the signature and IHDR

        string Answer(string image, params string[] more) => CliRun.Of(["classify", model, image, .. more]).Out.Split('\n', 2)[1];
        Assert.Equal(Answer(upright), Answer(turned, "--exif", "off"));
        Assert.NotEqual(Answer(upright), Answer(turned));
        Assert.Equal(Answer(turned), Answer(turned, "--exif", "on"));
    }

    [Fact(DisplayName = "Faults: files that are not read, and faults of images, are told once with their number")]
    public void Notes_about_files_are_told_once()
    {
        using var folder = new TemporaryFolder();
        string model = TinyData.WriteModel(folder);
        string data = TinyData.WriteFolders(folder, 6);
        foreach (string image in Directory.GetFiles(data, "*.png", SearchOption.AllDirectories).Take(3))
        {
            File.WriteAllBytes(image, File.ReadAllBytes(image)[..^12]); // without IEND
            File.WriteAllText(Path.ChangeExtension(image, ".txt"), "notes");
        }

        foreach (string[] line in (string[][])[["classify", model, data], ["evaluate", model, "--data", data], ["compare", model, model, "--data", data]])
        {
            CliRun run = CliRun.Of(line);
            Assert.Equal(ExitCode.Success, run.Code);
            Assert.Single(run.Error.Split('\n'), text => text.StartsWith("note: 3 files are not read", StringComparison.Ordinal));
            Assert.Single(run.Error.Split('\n'), text => text.StartsWith("note: 3 images have faults", StringComparison.Ordinal));
        }
    }

    private static string Picture(TemporaryFolder folder, string name)
    {
        PngEncoder.Save(TinyData.Picture(1), folder.File(name));
        return folder.File(name);
    }

    private static byte[] Chunk(ReadOnlySpan<byte> type, byte[] content)
    {
        byte[] typed = [.. type, .. content];
        uint check = 0xFFFFFFFF; // CRC-32 of PNG
        foreach (byte value in typed)
        {
            check ^= value;
            for (int bit = 0; bit < 8; bit++)
            {
                check = (check >> 1) ^ ((check & 1) * 0xEDB88320);
            }
        }

        check = ~check;
        return [0, 0, 0, (byte)content.Length, .. typed, (byte)(check >> 24), (byte)(check >> 16), (byte)(check >> 8), (byte)check];
    }
}
