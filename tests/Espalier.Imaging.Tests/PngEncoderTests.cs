namespace Espalier.Imaging.Tests;

public class PngEncoderTests
{
    [Theory]
    [InlineData("jpeg/quality-100-444.jpg")]
    [InlineData("jpeg/size-420-1x1.jpg")]
    [InlineData("jpeg/size-420-20x1.jpg")]
    [InlineData("png/color2-depth8-plain.png")]
    public void What_is_written_is_read_back(string file)
    {
        Image image = Fixture.Decode(file);

        Assert.Equal(Fixture.Describe(image), Fixture.Describe(ImageDecoder.Decode(PngEncoder.Encode(image))));
    }

    [Fact]
    public void A_file_is_replaced_whole_and_no_draft_stays()
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("espalier-png-");
        try
        {
            string path = Path.Combine(folder.FullName, "picture.png");
            PngEncoder.Save(new Image(1, 1, [1, 2, 3]), path);
            PngEncoder.Save(new Image(1, 1, [4, 5, 6]), path);

            Assert.Equal([4, 5, 6], ImageDecoder.Decode(path).Pixels.ToArray());
            Assert.Equal([path], Directory.GetFileSystemEntries(folder.FullName));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
