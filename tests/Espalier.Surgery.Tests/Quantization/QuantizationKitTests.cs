using Espalier.Formats;
using Espalier.Graphs;
using Espalier.Inference;
using Espalier.Models;
using Espalier.Tensors;
using Espalier.Testing;

namespace Espalier.Surgery.Tests.Quantizing;

/// <summary>A trained network on its test images.</summary>
public sealed class QuantizationKitTests
{
    private const int Images = 1000;
    private static readonly float[] Mean = [0.485f, 0.456f, 0.406f];
    private static readonly float[] Deviation = [0.229f, 0.224f, 0.225f];

    [Theory]
    [InlineData(CalibrationObserver.MinMax)]
    [InlineData(CalibrationObserver.Percentile)]
    public void ResNet_20_keeps_its_top_1_within_10_of_1000(CalibrationObserver observer)
    {
        Model trained = Zoo.Create("cifar_resnet20").Load(CheckpointReader.Read(Kit.Path("weights/resnet20-12fca82f.th")).StateDict);
        Model model = InferenceFolding.Fold(trained).After;
        (Tensor samples, _) = Read("cifar10/data_batch_1.bin", 128);
        (Tensor images, byte[] labels) = Read("cifar10/test_batch.bin", Images);

        Model quantized = model.ApplyAndRecord(Quantization.Calibrate(model, [samples], CpuRuntime.Instance, new() { Observer = observer }));

        (int before, int after) = (Correct(model, images, labels), Correct(quantized, images, labels));
        Assert.InRange(after, before - 10, before + 10);
        TestContext.Current.TestOutputHelper!.WriteLine($"{observer}: {before} in floating point, {after} in 8 bits");
    }

    private static int Correct(Model model, Tensor images, byte[] labels)
    {
        using Predictor predictor = CpuRuntime.Instance.Prepare(model);
        float[] logits = predictor.Run(images).Read<float>().ToArray();
        int classes = logits.Length / labels.Length;
        return labels.Where((label, i) => Array.IndexOf(logits, logits.AsSpan(i * classes, classes).ToArray().Max(), i * classes, classes) == (i * classes) + label).Count();
    }

    // Records of a label and 3 x 32 x 32 bytes.
    private static (Tensor Images, byte[] Labels) Read(string file, int count)
    {
        byte[] bytes = File.ReadAllBytes(Kit.Path(file));
        var images = Tensor.Zeros([count, 3, 32, 32]);
        Span<float> numbers = images.Write<float>();
        for (int i = 0; i < numbers.Length; i++)
        {
            int channel = i / 1024 % 3;
            numbers[i] = ((bytes[(i / 3072 * 3073) + 1 + (i % 3072)] / 255f) - Mean[channel]) / Deviation[channel];
        }

        return (images, [.. Enumerable.Range(0, count).Select(i => bytes[i * 3073])]);
    }
}
