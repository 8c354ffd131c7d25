using Espalier.Tensors;

namespace Espalier.Imaging.Tests;

/// <summary>torchvision's <c>Resize</c> and <c>CenterCrop</c>; the floats that follow are tested with <c>InputPipeline</c>.</summary>
public class CropTests
{
    public static TheoryData<string[]> Cases => new(Fixture.Table(Fixture.Path("pipelines.tsv")));

    [Theory]
    [MemberData(nameof(Cases))]
    public void Resized_and_cropped_pixels_are_those_of_torchvision(string[] row)
    {
        int resize = Fixture.Number(row[1]), crop = Fixture.Number(row[2]);
        var interpolation = Enum.Parse<Interpolation>(row[3]);
        Image image = Fixture.Decode($"jpeg/{row[0]}.jpg");

        Image cropped = image.Resize(resize, interpolation).CenterCrop(crop);

        Assert.Equal((Fixture.Number(row[4]), Fixture.Number(row[5]), row[6]), Fixture.Describe(cropped));
    }

    [Fact]
    public void A_crop_takes_the_rectangle_it_names_and_refuses_one_outside()
    {
        byte[] pixels = [.. Enumerable.Range(0, 4 * 3 * 3).Select(i => (byte)i)];
        var image = new Image(4, 3, pixels);

        Assert.Equal([15, 16, 17, 18, 19, 20, 27, 28, 29, 30, 31, 32], image.Crop(1, 1, 2, 2).Pixels.ToArray());
        Assert.Throws<ArgumentException>(() => image.Crop(3, 0, 2, 1));
        Assert.Throws<ArgumentException>(() => image.Crop(0, -1, 2, 1));
        Assert.Throws<ArgumentException>(() => image.Crop(0, 0, 0, 1));
    }

    [Fact]
    public void Settings_that_fit_no_image_are_refused()
    {
        Assert.Throws<ArgumentException>(() => new Image(2, 2, new byte[11]));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Image(0, 2, []));
    }
}
