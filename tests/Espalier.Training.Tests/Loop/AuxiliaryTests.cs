using System.Text.Json;
using Espalier.Data;
using Espalier.Graphs;
using Espalier.Inference;
using Espalier.Models;
using Espalier.Surgery;
using Espalier.Tensors;
using Espalier.Testing;
using Espalier.Training.Tests.Support;

namespace Espalier.Training.Tests.Loop;

/// <summary>Training of networks with auxiliary classifiers.</summary>
public sealed class AuxiliaryTests
{
    [Fact]
    public void Gradients_statistics_and_losses_are_pytorchs()
    {
        JsonElement expected = TrainingFixture.Case("auxiliary", "heads");
        Graph graph = SeveralOutputs.Heads();
        var model = new Model(graph, RandomGraphs.ParametersFor(graph), ModelMetadata.None);
        var options = new TrainingOptions { Optimizer = new SgdOptions { Momentum = 0.9, WeightDecay = 0 } };
        using var workers = new WorkerPool(2);
        var auxiliary = AuxiliaryLoss.Of(model, null);
        using ITrainingRun run = CpuRuntime.Instance.PrepareTraining(model, new TrainingRunOptions { Batch = 6, FurtherOutputs = auxiliary.Outputs, Workers = workers });
        Optimizer optimizer = options.Optimizer.Create(run.Parameters);
        var step = new TrainingStep(run, null, optimizer, options, auxiliary, new ExtensionList([], new TrainingContext(run, optimizer, workers, 1, 8)), workers);
        double[] losses = expected.Numbers("losses");
        for (int i = 0; i < losses.Length; i++)
        {
            var batch = new Batch(CounterFill.Input([6, 3, 8, 8]), [.. Enumerable.Range(0, 6).Select(image => image * 3 % SeveralOutputs.Classes)], [.. Enumerable.Range(0, 6)]);
            Assert.Equal(losses[i], step.Run(batch, i, 0.05, null, false).Step.Loss, 1e-5);
            if (i == 0)
            {
                JsonElement gradients = expected.GetProperty("gradients");
                Assert.Equal(gradients.EnumerateObject().Count(), run.Parameters.Count);
                Assert.All(run.Parameters, parameter => AssertNear(gradients.Numbers(parameter.Name), parameter.Gradient.Span, parameter.Name));
                JsonElement buffers = expected.GetProperty("buffers");
                Assert.All(buffers.EnumerateObject(), buffer => AssertNear(buffers.Numbers(buffer.Name), run.Buffers[buffer.Name].Read<float>(), buffer.Name));
            }
        }
    }

    [Fact]
    public void Without_their_weight_the_first_output_trains_as_if_they_were_not_there()
    {
        Model model = Network();
        Model alone = model.Apply(new FurtherOutputRemoval());
        Assert.Equal(["fc"], alone.Graph.Outputs);
        Assert.DoesNotContain(alone.Parameters.Keys, name => name.StartsWith("aux", StringComparison.Ordinal));

        TrainingOutcome expected = Run(TinyTraining.Options, alone);
        TrainingOutcome actual = Run(TinyTraining.Options with { AuxiliaryWeight = 0 }, model);

        TinyTraining.AssertSame(expected.Model, actual.Model);
        Assert.Equal(expected.History.Select(epoch => (epoch.TrainingLoss, epoch.TrainingAccuracy)), actual.History.Select(epoch => (epoch.TrainingLoss, epoch.TrainingAccuracy)));
        Assert.All(model.Parameters.Where(each => each.Key.StartsWith("aux", StringComparison.Ordinal)), each => Assert.True(each.Value.Value.BitEquals(actual.Model.Parameters[each.Key].Value)));
        Assert.Equal(expected.Model.Metadata.Lineage[^1].Settings, actual.Model.Metadata.Lineage[^1].Settings);
    }

    [Theory]
    [InlineData("plain")]
    [InlineData("adamw")]
    [InlineData("everything")]
    public void Resuming_and_threads_do_not_change_a_bit(string variant)
    {
        TrainingOptions options = TrainingVariants.Of(variant);
        TrainingOutcome whole = Run(options, Network());
        Assert.Contains(new LineageSetting("auxiliary_weight", "0.3"), whole.Model.Metadata.Lineage[^1].Settings);
        TinyTraining.AssertSame(whole.Model, Run(options with { Threads = 3, Recompute = true }, Network()).Model);
        for (int stop = 1; stop < options.Epochs * 5; stop += 4)
        {
            using var trainer = new Trainer(Network(77), TinyTraining.Loader(), options) { Validate = TinyTraining.Pseudo };
            trainer.Restore(TinyTraining.StopAfter(Network(), options, stop));
            TrainingOutcome outcome = trainer.Run(cancellation: TestContext.Current.CancellationToken);
            TinyTraining.AssertSame(whole.Model, outcome.Model);
            Assert.Equal(TinyTraining.WithoutTimes(whole.History), TinyTraining.WithoutTimes(outcome.History));
        }
    }

    [Fact]
    public void Resuming_with_another_weight_is_refused_unless_it_is_named()
    {
        TrainingOptions without = TinyTraining.Options with { AuxiliaryWeight = 0 };
        TrainingCheckpoint checkpoint = TinyTraining.StopAfter(Network(), without, 4);
        using var trainer = new Trainer(Network(), TinyTraining.Loader(), TinyTraining.Options) { Validate = TinyTraining.Pseudo };

        string error = Assert.Throws<EspalierException>(() => trainer.Restore(checkpoint)).Message;
        Assert.StartsWith("the checkpoint's training has no auxiliary_weight, this one has '0.3'", error, StringComparison.Ordinal);

        trainer.Restore(checkpoint, ["auxiliary_weight"]);
        Model trained = trainer.Run(cancellation: TestContext.Current.CancellationToken).Model;
        Assert.Contains(new LineageSetting("changed", "epoch 1, batch 5: auxiliary_weight from none to 0.3"), trained.Metadata.Lineage[^1].Settings);
        Assert.False(trained.Parameters["aux.fc.weight"].Value.BitEquals(Network().Parameters["aux.fc.weight"].Value));
    }

    [Fact]
    public void The_usual_weight_is_that_of_the_paper()
    {
        Assert.Equal(["aux1.fc2", "aux2.fc2"], Usual("googlenet_aux", out double weight).Outputs);
        Assert.Equal(0.3, weight);
        Assert.Equal(["AuxLogits.fc"], Usual("inception_v3_aux", out weight).Outputs);
        Assert.Equal(0.4, weight);
        Assert.Same(AuxiliaryLoss.None, Usual("resnet18", out _));
        Assert.Equal(0.7, AuxiliaryLoss.Of(Network(), 0.7).Weight);
    }

    [Fact]
    public void A_weight_of_nothing_and_probabilities_are_refused()
    {
        Assert.Contains("the weight of auxiliary classifiers is 0.5, but the network has none", Refused(TinyTraining.Network(), 0.5), StringComparison.Ordinal);
        Assert.Same(AuxiliaryLoss.None, AuxiliaryLoss.Of(TinyTraining.Network(), 0));

        var net = new GraphBuilder();
        Value x = net.Input(3, 8, 8).Flatten("flatten");
        Graph graph = net.Build(x.Linear("fc", 4), x.Linear("fc2", 4).Softmax("softmax"));
        var model = new Model(graph, RandomGraphs.ParametersFor(graph), ModelMetadata.None);
        Assert.Contains("'softmax' ends with a softmax", Refused(model, null), StringComparison.Ordinal);
        Assert.Same(AuxiliaryLoss.None, AuxiliaryLoss.Of(model, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Trainer(Network(), TinyTraining.Loader(), TinyTraining.Options with { AuxiliaryWeight = -1 }));
    }

    [Fact]
    public void Outputs_of_another_shape_are_no_auxiliary_classifiers()
    {
        var net = new GraphBuilder();
        Value x = net.Input(3, 8, 8).Flatten("flatten");
        Graph graph = net.Build(x.Linear("fc", 4), x.Linear("box", 5), x.Linear("aux", 4));
        Assert.Equal(["aux"], AuxiliaryLoss.Of(new Model(graph, RandomGraphs.ParametersFor(graph), ModelMetadata.None), null).Outputs);
    }

    [Fact]
    public void A_teacher_teaches_the_first_output_alone()
    {
        int calls = 0;
        Tensor Teach(Tensor images)
        {
            calls++;
            return Tensor.Zeros([images.Shape[0], TinyTraining.Classes]);
        }

        TrainingOutcome outcome = Run(TinyTraining.Options with { Epochs = 1, Objective = new Distillation(Teach) }, Network());
        Assert.Equal(outcome.History[^1].Step, calls);
    }

    private static void AssertNear(double[] expected, ReadOnlySpan<float> actual, string what)
    {
        Assert.Equal(expected.Length, actual.Length);
        double allowed = 1e-5 * expected.Max(Math.Abs);
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.True(Math.Abs(expected[i] - actual[i]) <= allowed, $"{what}, number {i}: PyTorch has {expected[i]:R}, found {actual[i]:R}");
        }
    }

    private static AuxiliaryLoss Usual(string network, out double weight)
    {
        NetworkDefinition definition = Zoo.Create(network);
        var loss = AuxiliaryLoss.Of(new Model(definition.Graph, RandomGraphs.ParametersFor(definition.Graph), definition.Metadata), null);
        weight = loss.Weight;
        return loss;
    }

    private static string Refused(Model model, double? weight) => Assert.Throws<EspalierException>(() => AuxiliaryLoss.Of(model, weight)).Message;

    private static Model Network(ulong seed = 3) => new NetworkDefinition(SeveralOutputs.Heads(0.1), ModelMetadata.None with { Architecture = "tiny" }).Initialize(seed);

    private static TrainingOutcome Run(TrainingOptions options, Model model)
    {
        using var trainer = new Trainer(model, TinyTraining.Loader(), options) { Validate = TinyTraining.Pseudo };
        return trainer.Run(cancellation: TestContext.Current.CancellationToken);
    }
}
