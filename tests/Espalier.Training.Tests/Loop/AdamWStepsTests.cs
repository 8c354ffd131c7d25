using Espalier.Data;
using Espalier.Execution;
using Espalier.Graphs;
using Espalier.Models;
using Espalier.Tensors;
using Espalier.Testing;
using Espalier.Training.Tests.Support;

namespace Espalier.Training.Tests.Loop;

public sealed class AdamWStepsTests
{
    [Fact]
    public void Five_steps_of_resnet20_track_pytorchs_loss()
    {
        Graph graph = Zoo.Create("cifar_resnet20").Graph;
        var model = new Model(graph, Espalier.Graphs.Parameters.From(graph.Parameters.Select(p =>
            KeyValuePair.Create(p.Key, new Parameter(CounterFill.Parameter(p.Key, p.Value.Shape)) { Trainable = !p.Value.IsBuffer }))), ModelMetadata.None);
        using var workers = new WorkerPool(2);
        TrainingPlan plan = TrainingPlan.Build(model, new TrainingPlanOptions { Batch = 8 }, workers);
        var options = new TrainingOptions { Optimizer = new AdamWOptions { WeightDecay = 0.05, Epsilon = 1e-3 }, Objective = new CrossEntropy { LabelSmoothing = 0.1 } };
        Optimizer optimizer = options.Optimizer.Create(plan.Parameters);
        var step = new TrainingStep(plan, null, optimizer, options, AuxiliaryLoss.None, new ExtensionList([], new TrainingContext(plan, optimizer, workers, 1, 8)), workers);
        var batch = new Batch(CounterFill.Input([8, 3, 32, 32]), [.. Enumerable.Range(0, 8).Select(i => i * 3 % 10)], [.. Enumerable.Range(0, 8)]);
        double[] expected = TrainingFixture.Case("steps", "adamw_resnet20").Numbers("losses");
        for (int i = 0; i < expected.Length; i++)
        {
            double loss = step.Run(batch, i, 1e-4, null, false).Step.Loss;
            Assert.True(Math.Abs(loss - expected[i]) <= 1e-4 * expected[i], $"step {i}: expected {expected[i]}, found {loss}");
        }
    }
}
