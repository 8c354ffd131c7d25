using Espalier.Imaging;
using Espalier.Tensors;

namespace Espalier.Data.Tests;

public class InputConversionTests
{
    private static readonly Image Picture = TestPicture.Of("noise", 12, 8).ToImage();
    private static readonly InputPipeline Student = new([3, 8, 12], Normalization.ImageNet);

    [Fact]
    public void The_same_inputs_stay_the_same_tensor()
    {
        var conversion = new InputConversion(Student, Student.Shape, Normalization.ImageNet);
        Tensor batch = Batch(Student);
        Assert.True(conversion.IsIdentity);
        Assert.Same(batch, conversion.Run(batch));
    }

    [Fact]
    public void Another_normalization_gives_what_its_own_pipeline_makes_of_the_picture()
    {
        var teacher = new InputPipeline(Student.Shape, Normalization.Centred);
        float[] expected = [.. Batch(teacher).Read<float>()], actual = [.. new InputConversion(Student, teacher.Shape, Normalization.Centred).Run(Batch(Student)).Read<float>()];
        Assert.All(expected.Zip(actual), pair => Assert.Equal(pair.First, pair.Second, 1e-6f));
        Assert.NotEqual(Batch(Student).Read<float>().ToArray(), actual);
    }

    [Theory]
    [InlineData(16, 24)]
    [InlineData(5, 4)]
    public void Another_size_gives_the_resized_picture(int height, int width)
    {
        var teacher = new InputPipeline([3, height, width], Normalization.Centred);
        Tensor expected = teacher.Run(Picture.Resize(width, height));
        Tensor actual = new InputConversion(Student, teacher.Shape, Normalization.Centred).Run(Batch(Student));
        Assert.Equal($"1x3x{height}x{width}", actual.Shape.ToString());
        Assert.Equal(expected.Read<float>().ToArray(), actual.Read<float>().ToArray());
    }

    [Fact]
    public void Gray_pictures_are_converted_too_and_colour_is_not_made_of_them()
    {
        var gray = new InputPipeline([1, 8, 12], Normalization.Mnist);
        var teacher = new InputPipeline([1, 4, 6], new Normalization([0.5f], [0.25f]));
        Tensor student = gray.Run(Picture);
        byte[] levels = [.. student.Read<float>().ToArray().SelectMany(value => Enumerable.Repeat((byte)MathF.Round(255 * ((value * 0.3081f) + 0.1307f)), 3))];
        Tensor expected = teacher.Run(new Image(12, 8, levels).Resize(6, 4));
        Assert.Equal(expected.Read<float>().ToArray(), new InputConversion(gray, teacher.Shape, teacher.Normalization).Run(student.Reshape(student.Shape.Prepend(1))).Read<float>().ToArray());
        Assert.Contains("expected colour images for both", Assert.Throws<EspalierException>(() => new InputConversion(gray, Student.Shape, Normalization.ImageNet)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_image_of_an_input_is_the_one_that_it_was_made_of()
    {
        ValueList<float> mean = ValueList.From(Enumerable.Range(0, 3 * 8 * 12).Select(i => i % 50 / 100f));
        foreach (Normalization normalization in (Normalization[])[Normalization.ImageNet, Normalization.Centred, Normalization.Caffe, Normalization.Cifar10 with { MeanImage = mean }])
        {
            Tensor input = new InputPipeline(Student.Shape, normalization).Run(Picture);
            Assert.Equal(Picture.Pixels.ToArray(), InputImage.Of(input.Read<float>(), Student.Shape, normalization).Pixels.ToArray());
        }

        Image erased = InputImage.Of(Enumerable.Repeat(1000f, 3 * 8 * 12).ToArray(), Student.Shape, Normalization.ImageNet);
        Assert.All(erased.Pixels.ToArray(), value => Assert.Equal(255, value));
    }

    private static Tensor Batch(InputPipeline pipeline)
    {
        Tensor input = pipeline.Run(Picture);
        return input.Reshape(input.Shape.Prepend(1));
    }
}
