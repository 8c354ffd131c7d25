using Espalier.Execution;
using Espalier.Formats;
using Espalier.Graphs;
using Espalier.Inference;
using Espalier.Models;
using Espalier.Surgery;
using Espalier.Tensors;

namespace Espalier.Cli.Tests;

/// <summary>Whoever reads a pruned model's numbers reads what pruning has left of them.</summary>
public class MaskConsumerTests
{
    private static readonly Model Pruned = Zoo.Create("cifar_resnet20", new ZooOptions { Classes = 5 }).Initialize(3)
        .Prune(new WeightPruning { Target = PruningTarget.Fraction(0.6), IncludesStem = true, IncludesClassifier = true }).Model;

    private static readonly Model Permanent = Pruned.RemoveMasks();
    private static readonly Tensor Images = CounterFill.Stream("images", [2, 3, 32, 32], -1, 2);

    public static TheoryData<string> Consumers => ["reference", "predictor", "folding", "state_dict", "model file", "training", "trained model", "value", "summary"];

    [Theory]
    [MemberData(nameof(Consumers))]
    public void Every_consumer_reads_the_effective_numbers(string consumer)
    {
        float[] masked = Read(consumer, Pruned);
        Assert.Equal(Read(consumer, Permanent), masked);
        Assert.NotEqual(Read(consumer, Pruned.UndoPruning()), masked);
    }

    [Fact]
    public void Pruning_is_undone_after_training_too()
    {
        using var pool = new WorkerPool(1);
        TrainingPlan plan = TrainingPlan.Build(Pruned, new TrainingPlanOptions { Batch = 2 }, pool);
        TrainingParameter weight = plan.Parameters.First(parameter => parameter.Name == "conv1.weight");
        float[] mask = Pruned.Parameters["conv1.weight"].Mask!.Read<float>().ToArray();
        float[] before = Pruned.Parameters["conv1.weight"].Value.Read<float>().ToArray();
        for (int i = 0; i < mask.Length; i++)
        {
            Assert.True(mask[i] == 1 || weight.Value.Span[i] == 0);
            weight.Value.Span[i] += mask[i];
        }

        Parameter trained = plan.ToModel().Parameters["conv1.weight"];

        Assert.Equal(before.Zip(mask, (number, kept) => kept == 0 ? number : number + 1), trained.Value.Read<float>().ToArray());
        Assert.Equal(mask.Count(kept => kept == 1), trained.NonZeros);
    }

    [Fact]
    public void Effective_numbers_are_the_value_itself_without_a_mask_and_follow_a_new_one()
    {
        var parameter = new Parameter(Tensor.From([3], 1, float.NaN, 3));
        Assert.Same(parameter.Value, parameter.Effective);
        Parameter masked = parameter with { Mask = Tensor.From([3], 1, 0, 1) };
        Tensor effective = masked.Effective;
        Assert.Equal([1f, 0, 3], effective.Read<float>());
        Assert.Same(effective, masked.Effective);
        Assert.Equal([1f, 0, 0], (masked with { Mask = Tensor.From([3], 1, 0, 0) }).Effective.Read<float>());
        Assert.Equal(masked, masked with { Trainable = true });
    }

    private static float[] Read(string consumer, Model model)
    {
        switch (consumer)
        {
            case "reference":
                return ReferenceExecutor.RunAll(model.Graph, model.Parameters, new Dictionary<string, float[]> { [model.Graph.Input.Name] = Images.Read<float>().ToArray() }, 2)[model.Graph.Outputs[0]];
            case "predictor":
                using (var predictor = new Predictor(model))
                {
                    return predictor.Run(Images).Read<float>().ToArray();
                }

            case "folding":
                return Numbers(InferenceFolding.Fold(model, default).After.ToStateDict());
            case "state_dict":
                return Numbers(model.ToStateDict());
            case "model file":
                using (var stream = new MemoryStream())
                {
                    ModelFile.Write(stream, model);
                    return Numbers(ModelFile.Read(stream.ToArray(), "a file").ToStateDict());
                }

            case "training":
            case "trained model":
                using (var pool = new WorkerPool(1))
                {
                    TrainingPlan plan = TrainingPlan.Build(model, new TrainingPlanOptions { Batch = 2 }, pool);
                    return consumer == "training" ? plan.Forward(Images, 0).ToArray() : Numbers(plan.ToModel().ToStateDict());
                }

            case "value":
                return model.Value(model.Graph["conv1"], "weight").Read<float>().ToArray();
            default:
                return [NonZeros.Of(model)];
        }
    }

    private static float[] Numbers(StateDict weights) =>
        [.. weights.Names.SelectMany(name => weights[name].To(ElementType.Float32).Read<float>().ToArray())];
}
