using System.Globalization;
using Espalier.Data;
using Espalier.Formats;
using Espalier.Graphs;
using Espalier.Imaging;
using Espalier.Inference;
using Espalier.Models;
using Espalier.Tensors;
using Espalier.Testing;
using MobileNetV1;

namespace Espalier.Surgery.Tests.Quantizing;

/// <summary>Trained networks on images that they were not calibrated on.</summary>
public sealed class QuantizationKitTests
{
    private const int Images = 1000;

    [Theory]
    [InlineData(CalibrationObserver.MinMax)]
    [InlineData(CalibrationObserver.Percentile)]
    [InlineData(CalibrationObserver.MeanSquaredError)]
    [InlineData(CalibrationObserver.Entropy)]
    public void ResNet_20_keeps_its_top_1_within_10_of_1000_by_ranges_alone(CalibrationObserver observer) =>
        AssertKept(128, new() { Observer = observer, WeightScales = WeightScaleRule.GreatestMagnitude, Equalize = false, CorrectBias = false }, 10);

    [Fact]
    public void ResNet_20_keeps_its_top_1_within_4_of_1000_if_nothing_is_said()
    {
        FullRun.Require();
        AssertKept(256, new(), 4);
    }

    [Fact]
    public void A_MobileNet_keeps_its_classes_on_photographs_that_it_was_not_calibrated_on()
    {
        FullRun.Require();
        Model model = InferenceFolding.Fold(QuarterMobileNet.Load(Kit.Path("weights/mobilenetv1-x0.25-imagenet.pth.tar"), [])).After;
        var pipeline = InputPipeline.Of(model);
        string[] rows = [.. File.ReadAllLines(Kit.Path("expected/mobilenetv1-x0.25.imagenet-samples.tsv")).Skip(1)];
        Tensor[] images = [.. rows.Select(row => pipeline.Run(ImageDecoder.Decode(Kit.Path($"imagenet/samples/{row.Split('\t')[0]}")))).Select(image => Tensor.From(image.Shape.Rank == 3 ? image.Shape.Prepend(1) : image.Shape, image.Read<float>()))];
        Tensor[] samples = [.. images.Where((_, i) => i % 2 == 0)], others = [.. images.Where((_, i) => i % 2 == 1)];

        Quantization pass = Quantization.Calibrate(model, samples, CpuRuntime.Instance, new());
        Model quantized = model.Apply(pass);

        double before = Ratio(model, model.Apply(Quantization.Calibrate(model, samples, CpuRuntime.Instance, new() { Observer = CalibrationObserver.MinMax, Equalize = false, CorrectBias = false })), others), after = Ratio(model, quantized, others);
        int[] labels = [.. rows.Select(row => int.Parse(row.Split('\t')[1], CultureInfo.InvariantCulture))];
        (int one, int five) = (Right(quantized, images, labels, 1), Right(quantized, images, labels, 5));
        TestContext.Current.TestOutputHelper!.WriteLine($"top-1 {one}, top-5 {five} of {images.Length}; logits {before:F1} dB by greatest magnitudes, {after:F1} dB");
        int[] otherLabels = [.. labels.Where((_, i) => i % 2 == 1)];
        foreach (int most in new[] { 1, 5 })
        {
            (int exact, int rounded) = (Right(model, others, otherLabels, most), Right(quantized, others, otherLabels, most));
            TestContext.Current.TestOutputHelper.WriteLine($"top-{most} of the {others.Length} that did not calibrate: {exact} in floating point, {rounded} in 8 bits; of all: {Right(model, images, labels, most)} and {Right(quantized, images, labels, most)}");
            Assert.InRange(rounded, exact - 2, exact + 2);
        }

        Assert.True(after > before + 6);
        Assert.InRange(one, 45, 49); // 47 in floating point
        Assert.InRange(five, 72, 76); // 74
    }

    private static double Ratio(Model exact, Model rounded, Tensor[] images) => QuantizationNoise.Ratio(1, new OutputErrors(exact, new SampleSet(images, CpuRuntime.Instance, SharedWork.Alone)).Of(rounded));

    private static int Right(Model model, Tensor[] images, int[] labels, int most)
    {
        using Predictor predictor = CpuRuntime.Instance.Prepare(model);
        return labels.Where((label, i) => predictor.Run(images[i]).Read<float>().ToArray().Index().OrderByDescending(logit => logit.Item).Take(most).Any(logit => logit.Index == label)).Count();
    }

    private static void AssertKept(int count, QuantizationOptions options, int tolerance)
    {
        Model trained = Zoo.Create("cifar_resnet20").Load(CheckpointReader.Read(Kit.Path("weights/resnet20-12fca82f.th")).StateDict);
        Model model = InferenceFolding.Fold(trained).After;
        Tensor samples = KitCifar.Read("data_batch_1.bin", count).Images;
        (Tensor images, byte[] labels) = KitCifar.Read("test_batch.bin", Images);

        Model quantized = model.ApplyAndRecord(Quantization.Calibrate(model, [samples], CpuRuntime.Instance, options));

        (int before, int after) = (Correct(model, images, labels), Correct(quantized, images, labels));
        Assert.InRange(after, before - tolerance, before + tolerance);
        TestContext.Current.TestOutputHelper!.WriteLine($"{options.Observer}: {before} in floating point, {after} in 8 bits");
    }

    private static int Correct(Model model, Tensor images, byte[] labels)
    {
        using Predictor predictor = CpuRuntime.Instance.Prepare(model);
        float[] logits = predictor.Run(images).Read<float>().ToArray();
        int classes = logits.Length / labels.Length;
        return labels.Where((label, i) => Array.IndexOf(logits, logits.AsSpan(i * classes, classes).ToArray().Max(), i * classes, classes) == (i * classes) + label).Count();
    }
}
