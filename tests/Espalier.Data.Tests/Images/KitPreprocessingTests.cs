using System.Runtime.InteropServices;
using Espalier.Imaging;
using Espalier.Tensors;
using Espalier.Testing;

namespace Espalier.Data.Tests.Images;

/// <summary>Resize 256, centre crop 224, to-tensor and normalise on photographs: torchvision's floats exactly.</summary>
public class KitPreprocessingTests
{
    private const int NpyHeader = 128; // of these files: NumPy pads the header to a multiple of 64 bytes

    [Theory]
    [InlineData("imagenet/dog.jpg", "dog")]
    [InlineData("imagenet/samples/n01440764_tench.JPEG", "n01440764_tench")]
    [InlineData("imagenet/samples/n01530575_brambling.JPEG", "n01530575_brambling")]
    [InlineData("imagenet/samples/n01601694_water_ouzel.JPEG", "n01601694_water_ouzel")]
    public void A_photograph_becomes_torchvisions_tensor(string photograph, string name)
    {
        byte[] file = File.ReadAllBytes(Kit.Path($"expected/preprocessed-{name}.npy"));
        ReadOnlySpan<float> expected = MemoryMarshal.Cast<byte, float>(file.AsSpan(NpyHeader));

        Tensor tensor = InputPipeline.Create(Preprocessing.ImageNet, [3, 224, 224]).Run(ImageDecoder.Decode(Kit.Path(photograph)));

        Assert.Equal(3 * 224 * 224, expected.Length);
        Assert.Equal(expected, tensor.Read<float>());
    }
}
