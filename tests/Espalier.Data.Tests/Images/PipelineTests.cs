using Espalier.Imaging;
using Espalier.Imaging.Tests;
using Espalier.Tensors;

namespace Espalier.Data.Tests.Images;

/// <summary>torchvision's <c>Resize</c>, <c>CenterCrop</c>, <c>ToTensor</c> and <c>Normalize</c>, one by one and in one go.</summary>
public class PipelineTests
{
    public static TheoryData<string[]> Cases => new(Fixture.Table(Fixture.Path("pipelines.tsv")));

    [Theory]
    [MemberData(nameof(Cases))]
    public void Floats_have_the_bits_of_torchvision(string[] row)
    {
        int resize = Fixture.Number(row[1]), crop = Fixture.Number(row[2]);
        var interpolation = Enum.Parse<Interpolation>(row[3]);
        Image image = Fixture.Decode($"jpeg/{row[0]}.jpg");
        var plain = new Normalization([0, 0, 0], [1, 1, 1]);
        Preprocessing preprocessing = Preprocessing.ImageNet with { Resize = resize, Crop = crop, Interpolation = interpolation };

        Assert.Equal(row[7], Fixture.Hash(InputPipeline.Create(preprocessing with { Normalization = plain }, [3, 9, 9]).Run(image)));
        Assert.Equal(row[8], Fixture.Hash(InputPipeline.Create(preprocessing, [3, 9, 9]).Run(image)));
        Assert.Equal(row[8], Fixture.Hash(new InputPipeline([3, crop, crop], Normalization.ImageNet, new ResizeShorterSide(resize, interpolation), new CenterCrop(crop, crop)).Run(image)));
    }

    [Fact]
    public void A_destination_keeps_what_lies_around_its_image()
    {
        Image image = Fixture.Decode("jpeg/gray.jpg");
        InputPipeline pipeline = InputPipeline.Create(Preprocessing.ImageNet with { Resize = 20, Crop = 12 }, [3, 12, 12]);
        float[] batch = new float[3 * pipeline.Shape.Count];
        Array.Fill(batch, 7);
        var pixels = new PixelBuffer();
        pixels.Set(image);

        pipeline.Run(pixels, new CounterRandom(0), batch.AsSpan((int)pipeline.Shape.Count, (int)pipeline.Shape.Count));

        Assert.All(batch[..(int)pipeline.Shape.Count], v => Assert.Equal(7, v));
        Assert.Equal(pipeline.Run(image).Read<float>(), batch.AsSpan((int)pipeline.Shape.Count, (int)pipeline.Shape.Count));
        Assert.All(batch[(2 * (int)pipeline.Shape.Count)..], v => Assert.Equal(7, v));
    }

    [Fact]
    public void A_strip_that_would_fill_the_memory_is_refused()
    {
        var strip = new Image(20_000_000, 1, new byte[60_000_000]);

        Assert.Contains("Resizing a 20000000x1 RGB image", Assert.Throws<EspalierException>(() => InputPipeline.Create(Preprocessing.ImageNet, [3, 224, 224]).Run(strip)).Message, StringComparison.Ordinal);
    }
}
