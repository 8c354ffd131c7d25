using Espalier.Tensors;

namespace Espalier.Imaging.Tests;

/// <summary>torchvision's <c>Resize</c>, <c>CenterCrop</c>, <c>ToTensor</c> and <c>Normalize</c>, one by one and in one go.</summary>
public class PipelineTests
{
    private static readonly float[] Mean = [0.485f, 0.456f, 0.406f];
    private static readonly float[] Std = [0.229f, 0.224f, 0.225f];

    public static TheoryData<string[]> Cases => new(Fixture.Table(Fixture.Path("pipelines.tsv")));

    [Theory]
    [MemberData(nameof(Cases))]
    public void Every_step_gives_the_bits_of_torchvision(string[] row)
    {
        int resize = Fixture.Number(row[1]), crop = Fixture.Number(row[2]);
        var interpolation = Enum.Parse<Interpolation>(row[3]);
        Image image = Fixture.Decode($"jpeg/{row[0]}.jpg");

        Image cropped = image.Resize(resize, interpolation).CenterCrop(crop);
        Tensor unit = cropped.ToTensor();
        Tensor normalized = unit.Normalize(Mean, Std);
        Tensor atOnce = new ImagePipeline(resize, crop, Mean, Std, interpolation).Run(image);

        Assert.Equal((Fixture.Number(row[4]), Fixture.Number(row[5]), row[6]), Fixture.Describe(cropped));
        Assert.Equal(row[7], Fixture.Hash(unit));
        Assert.Equal(row[8], Fixture.Hash(normalized));
        Assert.True(atOnce.BitEquals(normalized));
    }

    [Fact]
    public void A_destination_keeps_what_lies_around_its_image()
    {
        Image image = Fixture.Decode("jpeg/gray.jpg");
        var pipeline = new ImagePipeline(20, 12, Mean, Std);
        float[] batch = new float[3 * pipeline.Shape.Count];
        Array.Fill(batch, 7);

        pipeline.Run(image, batch.AsSpan((int)pipeline.Shape.Count, (int)pipeline.Shape.Count));

        Assert.All(batch[..(int)pipeline.Shape.Count], v => Assert.Equal(7, v));
        Assert.Equal(pipeline.Run(image).Read<float>(), batch.AsSpan((int)pipeline.Shape.Count, (int)pipeline.Shape.Count));
        Assert.All(batch[(2 * (int)pipeline.Shape.Count)..], v => Assert.Equal(7, v));
        Assert.Throws<ArgumentException>(() => pipeline.Run(image, batch));
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
        Assert.Throws<ArgumentOutOfRangeException>(() => new ImagePipeline(0, 1, Mean, Std));
        Assert.Throws<ArgumentOutOfRangeException>(() => new ImagePipeline(1, 0, Mean, Std));
        Assert.Throws<ArgumentException>(() => new ImagePipeline(1, 1, [1, 2], Std));
        Assert.Throws<ArgumentException>(() => Tensor.Zeros([3, 2, 2]).Normalize([1], Std));
        Assert.Throws<ArgumentException>(() => new Image(2, 2, new byte[11]));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Image(0, 2, []));
    }
}
