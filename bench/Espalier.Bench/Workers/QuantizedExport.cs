using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Espalier.Data;
using Espalier.Formats;
using Espalier.Graphs;
using Espalier.Imaging;
using Espalier.Inference;
using Espalier.Onnx;
using Espalier.Surgery;
using Espalier.Tensors;

namespace Espalier.Bench.Workers;

/// <summary>Makes the 8-bit form of an exported network: folded, calibrated, as a model file for Espalier and as the ONNX file that Espalier exports of it for the others.</summary>
/// <remarks>Every second photograph of the kit calibrates, the others are the input; without the kit, the network's usual input is both.</remarks>
internal static class QuantizedExport
{
    private const string Kit = "ESPALIER_KIT";

    // Times do not depend on how scales are derived: the quickest rules.
    private static readonly QuantizationOptions Scheme = new()
    {
        Observer = CalibrationObserver.MinMax,
        WeightScales = WeightScaleRule.GreatestMagnitude,
        Equalize = false,
        CorrectBias = false,
        RoundSums = true,
    };

    /// <summary>Writes it.</summary>
    /// <param name="exported">The network in float32, without zeros.</param>
    /// <param name="zeros">The fraction of the weights that <c>prune --pattern 1x4</c> sets to zero before.</param>
    /// <param name="folder">Where to.</param>
    internal static void Write(ExportedModel exported, double zeros, string folder)
    {
        Directory.CreateDirectory(folder);
        File.Delete(Path.Combine(folder, ExportedModel.DescriptionFile)); // written last: it says that all the rest is there
        Model model = exported.NetworkDefinition().Load(CheckpointReader.Read(exported.StateDict).StateDict);
        (Tensor[] calibration, Tensor input) = Samples(exported);
        Model quantized = Quantized(zeros > 0 ? Pruned(model, zeros) : model, calibration);
        ModelFile.Write(Path.Combine(folder, ExportedModel.QuantizedFile), quantized);
        OnnxWriter.Write(quantized, Path.Combine(folder, "model.onnx"));
        using (IRunnable run = CpuRuntime.Instance.Prepare(quantized))
        {
            Tensor output = run.RunAll(input)[0];
            File.WriteAllBytes(Path.Combine(folder, ExportedModel.InputFile), input.Bytes.ToArray());
            File.WriteAllBytes(Path.Combine(folder, ExportedModel.OutputFile), output.Bytes.ToArray());
        }

        File.WriteAllText(Path.Combine(folder, ExportedModel.DescriptionFile), new JsonObject
        {
            ["name"] = exported.Name,
            ["weights"] = "formula",
            ["zeros"] = zeros,
            ["images"] = input.Shape[0],
            ["input"] = new JsonArray([.. exported.Sample.Extents.Select(extent => (JsonNode)extent)]),
            ["outputs"] = exported.Outputs,
            ["batches"] = new JsonArray(1),
            ["quantum"] = Quantum(quantized),
        }.ToJsonString());
    }

    /// <summary>A model folded and in 8 bits, with each layer rounded before a sum, so that ONNX Runtime can compute it in integers.</summary>
    internal static Model Quantized(Model model, Tensor[] calibration)
    {
        Model folded = InferenceFolding.Fold(model).After;
        return folded.Apply(Quantization.Calibrate(folded, calibration, CpuRuntime.Instance, Scheme));
    }

    private static Model Pruned(Model model, double zeros)
    {
        var request = new WeightPruning { Pattern = WeightPattern.OneByFour, Target = new AmountTarget(PruneAmount.Fraction(zeros)) };
        return Pruner.Prune(model, request).Model;
    }

    /// <summary>The distance of neighbouring logits.</summary>
    private static double Quantum(Model model) => QuantizationPoint.Of(model, model.Graph[model.Graph.Outputs[0]]).Scale;

    private static (Tensor[] Calibration, Tensor Input) Samples(ExportedModel exported)
    {
        string photographs = Path.Combine(Environment.GetEnvironmentVariable(Kit) ?? "", "imagenet", "samples");
        if (exported.Sample[0] != 3 || !Directory.Exists(photographs))
        {
            Console.Error.WriteLine($"warning: {Kit} names no photographs; the network's usual input calibrates it");
            return ([exported.Input(exported.Images)], exported.Input(exported.Images));
        }

        var size = new Size(exported.Sample[1], exported.Sample[2]);
        InputPipeline pipeline = InputPipeline.Create(Preprocessing.ImageNet with { Crop = size, Resize = Math.Max(size.Height, size.Width) * 8 / 7 }, exported.Sample);
        ImmutableArray<Tensor> images = [.. Directory.GetFiles(photographs).Order(StringComparer.Ordinal).Select(file => pipeline.Run(ImageDecoder.Decode(file)))];
        return ([.. images.Where((_, i) => i % 2 == 0).Select(image => image.Reshape(exported.Sample.Prepend(1)))], Stacked([.. images.Where((_, i) => i % 2 == 1).Take(exported.Images)], exported.Sample));
    }

    private static Tensor Stacked(ImmutableArray<Tensor> images, Shape sample) =>
        Tensor.From<float>(sample.Prepend(images.Length), [.. images.SelectMany(image => image.Read<float>().ToArray())]);
}
