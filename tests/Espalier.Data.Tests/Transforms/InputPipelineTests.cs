using Espalier.Graphs;
using Espalier.Imaging;
using Espalier.Tensors;

namespace Espalier.Data.Tests.Transforms;

public class InputPipelineTests
{
    [Theory]
    [InlineData(50, 40, 36, 32)]
    [InlineData(50, 40, 20, 32)] // smaller than the crop: a black border
    [InlineData(20, 61, 20, 20)]
    [InlineData(31, 17, 16, 9)]
    public void Resize_and_crop_alone_and_in_one_give_the_same_floats(int width, int height, int side, int crop)
    {
        Image image = TestPicture.Of("smooth", width, height).ToImage();
        Tensor expected = new InputPipeline([3, crop, crop], Normalization.ImageNet, new ResizeShorterSide(side), new CenterCrop(crop, crop)).Run(image);

        Assert.True(expected.BitEquals(new InputPipeline([3, crop, crop], Normalization.ImageNet, new ResizeAndCenterCrop(side, crop, crop)).Run(image)));
    }

    [Fact]
    public void A_gray_network_sees_the_brightness_of_colours()
    {
        var pipeline = new InputPipeline([1, 1, 2], new Normalization([0], [1]));
        Tensor input = pipeline.Run(new Image(2, 1, [77, 77, 77, 255, 0, 0]));

        Assert.Equal([77 / 255f, 76 / 255f], input.Read<float>().ToArray()); // 0.299 · 255 = 76.2
    }

    [Fact]
    public void One_more_transform_leaves_the_draws_of_the_others_alone()
    {
        Image image = TestPicture.Of("noise", 16, 16).ToImage();
        var crop = RandomCrop.Square(16, 4);
        Tensor alone = new InputPipeline([3, 16, 16], Normalization.Centred, crop).Run(image);
        Tensor more = new InputPipeline([3, 16, 16], Normalization.Centred, crop, new RandomHorizontalFlip(0)).Run(image);

        Assert.True(alone.BitEquals(more));
    }

    [Fact]
    public void Erasing_comes_last_and_leaves_the_mean()
    {
        Image image = TestPicture.Of("flat", 16, 16).ToImage();
        var pipeline = new InputPipeline([3, 16, 16], Normalization.ImageNet) { Erasing = new RandomErasing(1) };

        Assert.Contains(0f, pipeline.Run(image).Read<float>().ToArray());
    }

    [Fact]
    public void Pictures_of_another_size_and_settings_that_do_not_fit_are_refused()
    {
        var pipeline = new InputPipeline([3, 8, 9], Normalization.Centred);
        Assert.Equal("the image has 4x5 pixels after its transforms, expected 9x8", Assert.Throws<EspalierException>(() => pipeline.Run(TestPicture.Of("flat", 4, 5).ToImage())).Message);
        Assert.Throws<ArgumentException>(() => new InputPipeline([2, 8, 8], Normalization.Centred));
        Assert.Throws<ArgumentException>(() => new InputPipeline([3, 8], Normalization.Centred));
        Assert.Throws<ArgumentException>(() => new InputPipeline([1, 8, 8], Normalization.Centred));
        Assert.Throws<ArgumentException>(() => new InputPipeline([1, 8, 8], new Normalization([0], [0])));
    }
}
