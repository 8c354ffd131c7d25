using Espalier.Formats;
using Espalier.Graphs;
using Espalier.Inference;
using Espalier.Models;
using Espalier.Surgery;
using Espalier.Tensors;
using Espalier.Testing;

namespace Espalier.Onnx.Tests;

/// <summary>A trained network in 8 bits on photographs: ONNX Runtime finds the same classes in the exported file.</summary>
public sealed class QuantizedClassesTests
{
    private const int Calibrating = 128;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void ONNX_Runtime_finds_the_same_class_wherever_the_first_two_logits_lie_more_than_a_quantum_apart(bool roundSums)
    {
        int count = FullRun.IsOn ? 10_000 : 1000;
        Model folded = InferenceFolding.Fold(Zoo.Create("cifar_resnet20").Load(CheckpointReader.Read(Kit.Path("weights/resnet20-12fca82f.th")).StateDict)).After;
        Tensor[] samples = [KitCifar.Read("data_batch_1.bin", Calibrating).Images];
        Model model = folded.Apply(Quantization.Calibrate(folded, samples, CpuRuntime.Instance, new QuantizationOptions { Observer = CalibrationObserver.MinMax, Equalize = false, CorrectBias = false, RoundSums = roundSums }));
        (Tensor images, byte[] labels) = KitCifar.Read("test_batch.bin", count);
        using IRunnable runnable = CpuRuntime.Instance.Prepare(model);
        float[] ours = runnable.RunAll(images)[0].Read<float>().ToArray(), theirs = ExportCheck.Run(model, new OnnxWriteOptions(), images)[0].Read<float>().ToArray();

        double quantum = QuantizationPoint.Of(model, model.Graph[model.Graph.Outputs[0]]).Scale;
        (int clear, int right, int rightThere) = (0, 0, 0);
        for (int i = 0; i < count; i++)
        {
            float[] logits = ours[(10 * i)..(10 * (i + 1))], others = theirs[(10 * i)..(10 * (i + 1))], ordered = [.. logits.OrderDescending()];
            (int mine, int other) = (Array.IndexOf(logits, ordered[0]), Array.IndexOf(others, others.Max()));
            right += mine == labels[i] ? 1 : 0;
            rightThere += other == labels[i] ? 1 : 0;
            if (ordered[0] - ordered[1] > 1.5 * quantum)
            {
                clear++;
                Assert.True(mine == other, $"image {i}: class {other} instead of {mine} by {(ordered[0] - ordered[1]) / quantum:F0} quanta");
            }
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"{right} right, in ONNX Runtime {rightThere}, {clear} of {count} clear");
        Assert.True(clear > 0.9 * count, $"{clear} of {count} are clear");
        Assert.True(right > 0.9 * count && rightThere > 0.9 * count, $"{right} and {rightThere} of {count} are right");
    }
}
