using Espalier.Graphs;
using Espalier.Inference;
using Espalier.Surgery;
using Espalier.Tensors;
using Espalier.Testing;
using Espalier.Training;

namespace Espalier.Onnx.Tests;

/// <summary>An imported network is like any other: it trains, gets a new head, is pruned and folded.</summary>
public sealed class CitizenTests
{
    private const int Batch = 4;

    private static Model Imported(string name) => OnnxReader.Read(OracleFiles.Path($"onnx/{name}.onnx")).Model;

    [Fact]
    public void It_folds_to_the_same_answers()
    {
        Model model = Imported("residual_norms_13");
        Model folded = model.Apply(new LinearFolding());
        Assert.DoesNotContain(folded.Graph.Nodes, node => node.Op is BatchNorm);
        Assert.InRange(Difference.Relative(Run(model), Run(folded)), 0, 1e-5);
    }

    [Theory]
    [InlineData("residual_norms_13")]
    [InlineData("residual_17")]
    [InlineData("excitation_17")]
    public void Its_channels_are_pruned(string name)
    {
        Model model = Imported(name);
        PruningResult result = model.Prune(new ChannelPruning { Target = PruningTarget.Fraction(0.3) });
        Assert.True(result.RemovedAnything);
        Assert.True(result.Model.Graph.Parameters.Sum(parameter => parameter.Value.Shape.Count) < model.Graph.Parameters.Sum(parameter => parameter.Value.Shape.Count));
        Assert.Equal(Run(model).Shape, Run(result.Model).Shape);
    }

    [Theory]
    [InlineData("residual_norms_13")]
    [InlineData("convnext_13")]
    [InlineData("norms_17")]
    public void It_trains_with_a_new_head(string name)
    {
        Model model = new HeadReplacement(2, seed: 1).Apply(Imported(name), ["cat", "dog"]);
        using ITrainingRun run = CpuRuntime.Instance.PrepareTraining(model, new TrainingRunOptions { Batch = Batch });
        Tensor images = CounterFill.Input(model.Graph.ShapeOf(model.Graph.Input.Name).Prepend(Batch));
        (double first, double last) = (0, 0);
        for (int step = 0; step < 30; step++)
        {
            float[] outputs = run.Forward(images, step).ToArray();
            float[] gradient = [.. outputs.Select((output, i) => output - (i % 2 == 0 ? 1 : -1))];
            last = gradient.Sum(difference => difference * difference);
            first = step == 0 ? last : first;
            run.ZeroGradients();
            run.Backward(gradient);
            run.Step(() => Descend(run));
        }

        Assert.InRange(last, 0, first / 4);
        Assert.Equal(["cat", "dog"], run.ToModel().Metadata.Labels);
    }

    private static void Descend(ITrainingRun run)
    {
        foreach (TrainingParameter parameter in run.Parameters.Where(parameter => parameter.Trainable && parameter.HasGradient))
        {
            Span<float> values = parameter.Value.Span;
            for (int i = 0; i < values.Length; i++)
            {
                values[i] -= 0.02f * parameter.Gradient.Span[i];
            }
        }
    }

    private static Tensor Run(Model model) => CpuRuntime.Instance.Run(model, CounterFill.Input(model.Graph.ShapeOf(model.Graph.Input.Name).Prepend(Batch)));
}
