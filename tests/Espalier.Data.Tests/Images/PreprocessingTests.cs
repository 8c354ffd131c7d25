using Espalier.Graphs;
using Espalier.Imaging;
using Espalier.Tensors;

namespace Espalier.Data.Tests.Images;

/// <summary>What networks of other libraries than PyTorch expect.</summary>
public class PreprocessingTests
{
    private static readonly Image TwoPixels = new(2, 1, [10, 20, 30, 200, 150, 100]);

    [Fact]
    public void Caffes_inputs_are_blue_green_red_in_bytes_less_the_means()
    {
        Tensor input = InputPipeline.Create(new Preprocessing { Normalization = Normalization.Caffe }, [3, 1, 2]).Run(TwoPixels);

        Assert.Equal([30 - 103.939f, 100 - 103.939f, 20 - 116.779f, 150 - 116.779f, 10 - 123.68f, 200 - 123.68f], input.Read<float>());
    }

    [Fact]
    public void A_mean_image_is_subtracted_pixel_by_pixel()
    {
        var normalization = new Normalization([0, 0, 0], [2, 2, 4]) { Range = PixelRange.Byte, MeanImage = [2, 4, 6, 8, 4, 20] };

        Tensor input = InputPipeline.Create(new Preprocessing { Normalization = normalization }, [3, 1, 2]).Run(TwoPixels);

        Assert.Equal([4, 98, 7, 71, 6.5f, 20], input.Read<float>());
    }

    [Theory]
    [InlineData(null, 3, 5, 7)]
    [InlineData(4, 4, 4, 4)]
    public void Stretched_images_lose_their_proportions_and_may_be_cropped(int? crop, int channels, int height, int width)
    {
        var preprocessing = new Preprocessing { Stretch = (5, 7), Crop = crop is int side ? side : null, Interpolation = Interpolation.Nearest };
        Shape network = crop is null ? [3, height, width] : [3, 9, 9];
        Image picture = TestPicture.Of("smooth", 20, 11).ToImage();

        Tensor input = InputPipeline.Create(preprocessing, network).Run(picture);

        Image resized = picture.Resize(7, 5, Interpolation.Nearest);
        Image expected = crop is int edge ? resized.CenterCrop(edge) : resized;
        Assert.Equal([3, expected.Height, expected.Width], input.Shape);
        Assert.Equal(expected.Pixels.Span[0] / 255f, input.Read<float>()[0]);
        Assert.Equal(expected.Pixels.Span[^1] / 255f, input.Read<float>()[^1]);
        Assert.Equal(channels, crop ?? 3);
    }

    [Fact]
    public void What_does_not_fit_is_refused_and_named()
    {
        static string Message(Preprocessing preprocessing, Shape shape) => Assert.Throws<EspalierException>(() => InputPipeline.Create(preprocessing, shape)).Message;
        var normalization = new Normalization([0, 0, 0], [1, 1, 1]);

        Assert.Contains("expected one of them", Message(new Preprocessing { Resize = 4, Stretch = 4 }, [3, 4, 4]), StringComparison.Ordinal);
        Assert.Contains("the mean image has 2 values", Message(new Preprocessing { Normalization = normalization with { MeanImage = [1, 2] } }, [3, 4, 4]), StringComparison.Ordinal);
        Assert.Contains("not 1 numbers each", Message(Preprocessing.ImageNet, [1, 4, 4]), StringComparison.Ordinal);
        Assert.Contains("not colour or gray images", Message(Preprocessing.ImageNet, [4, 4, 4]), StringComparison.Ordinal);
    }
}
