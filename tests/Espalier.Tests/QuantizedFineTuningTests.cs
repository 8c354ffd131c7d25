using Espalier.Graphs;
using Espalier.Surgery;
using Espalier.Tensors;
using Espalier.Training;

namespace Espalier.Tests;

/// <summary>Quantize, fine-tune with norms, fold: the way of a network that trains better with batch norms.</summary>
public sealed class QuantizedFineTuningTests
{
    private const int Convolutions = 19;

    [Fact]
    public void Fresh_norms_of_a_quantized_network_fold_into_its_integers_after_training()
    {
        using var folder = new TemporaryFolder();
        Model model = InferenceFolding.Fold(TinyData.Model()).After;
        Tensor samples = CounterFill.Stream("samples", [4, 3, 32, 32], -2, 4);
        Model quantized = model.ApplyAndRecord(Quantization.Calibrate(model, [samples], Runtimes.Cpu, new QuantizationOptions()));
        var options = new ImageTrainingOptions
        {
            FreshNorms = true,
            Batch = 16,
            Teacher = model,
            Training = new TrainingOptions { Epochs = 1, LearningRate = 0.001, Threads = 1, Extensions = [new WeightAveraging(0.9)] },
        };

        Model trained = ImageTraining.FineTune(quantized, TinyData.WriteCifar(folder, 60), options).Run(cancellation: TestContext.Current.CancellationToken).Model;
        FoldedModel folded = trained.Fold(cancellation: TestContext.Current.CancellationToken);

        Assert.Equal(Convolutions, trained.Graph.Nodes.Count(node => node.Op is BatchNorm));
        Assert.Equal(Convolutions, folded.QuantizedNorms);
        Assert.Empty(folded.KeptNorms);
        Assert.DoesNotContain(folded.Model.Graph.Nodes, node => node.Op is BatchNorm);
        Assert.Contains(folded.Model.Metadata.Lineage[^1].Settings, setting => setting == new LineageSetting("quantized_norms", "19"));
        Assert.All(folded.Model.Graph.Nodes.Where(node => QuantizedLayer.Is(node.Op)), layer => Assert.Equal(ElementType.Int8, folded.Model.Parameters[layer.Parameter("weight")].Value.Type));
        var integers = new IntegerValues(folded.Model);
        Assert.All(folded.Model.Graph.Nodes.Where(node => node.Op is Quantize).Skip(1), point => Assert.NotNull(integers.RegionOf(point)));
        Assert.NotEqual(quantized.Parameters["layer1.0.conv1.weight_scale"].Value.Read<float>().ToArray(), trained.Parameters["layer1.0.conv1.weight_scale"].Value.Read<float>().ToArray());
    }
}
