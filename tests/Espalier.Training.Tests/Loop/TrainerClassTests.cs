using Espalier.Data;
using Espalier.Graphs;
using Espalier.Tensors;
using Espalier.Training.Tests.Support;

namespace Espalier.Training.Tests.Loop;

/// <summary>A program that forgets to match classes is stopped: no trainer learns by position what has names.</summary>
public sealed class TrainerClassTests
{
    private static readonly string[] Permuted = ["d", "a", "c", "b"];

    [Fact]
    public void A_model_without_labels_gets_the_datas()
    {
        using var trainer = new Trainer(TinyTraining.Network(), TinyTraining.Loader(), TinyTraining.Options with { Epochs = 1 });
        Assert.Equal(["a", "b", "c", "d"], trainer.Run(cancellation: TestContext.Current.CancellationToken).Model.Metadata.Labels);
    }

    [Theory]
    [InlineData("d,a,c,b", "in another order")]
    [InlineData("a,b,c,e", "d is not among its labels")]
    [InlineData("a,b,c", "3 labels (a, b, c) for 4 outputs")]
    public void Data_that_is_not_the_models_classes_in_their_order_is_refused(string labels, string says)
    {
        Model model = Labelled(TinyTraining.Network(), labels.Split(','));
        Assert.Contains(says, Assert.Throws<ClassMismatchException>(() => new Trainer(model, TinyTraining.Loader(), TinyTraining.Options)).Message, StringComparison.Ordinal);
        Assert.Throws<ClassMismatchException>(() => LossGradients.Of(model, TinyTraining.Loader(), 8, 1, TinyTraining.Options.Runtime!, TestContext.Current.CancellationToken));
    }

    [Fact]
    public void Matched_data_trains_the_outputs_of_its_names()
    {
        Model model = Labelled(TinyTraining.LinearNetwork(), Permuted);
        DataLoader loader = Matched(OutputClasses.Of(model));
        using var trainer = new Trainer(model, loader, TinyTraining.Options);
        TrainingOutcome outcome = trainer.Run(cancellation: TestContext.Current.CancellationToken);
        Assert.Equal(Permuted, outcome.Model.Metadata.Labels);
        using var sorted = new Trainer(Labelled(TinyTraining.LinearNetwork(), ["a", "b", "c", "d"]), TinyTraining.Loader(), TinyTraining.Options);
        Assert.NotEqual(sorted.Run(cancellation: TestContext.Current.CancellationToken).History[0].TrainingLoss, outcome.History[0].TrainingLoss);
        Assert.All(loader.ReadEpoch(TestContext.Current.CancellationToken), batch => Assert.Equal(batch.Indices.Select(index => Array.IndexOf(Permuted, "abcd"[index % 4].ToString())), batch.Labels));
    }

    [Fact]
    public void Data_that_was_matched_to_another_model_is_refused()
    {
        DataLoader loader = Matched(new OutputClasses(Permuted, 4));
        Model other = Labelled(TinyTraining.Network(), ["a", "b", "c", "d"]);
        Assert.Contains("the data was matched to a model with the outputs d, a, c, b, but this one has a, b, c, d", Assert.Throws<ClassMismatchException>(() => new Trainer(other, loader, TinyTraining.Options)).Message, StringComparison.Ordinal);
    }

    private static Model Labelled(Model model, string[] labels) => model.With(model.Metadata with { Labels = ValueList.From(labels) });

    private static DataLoader Matched(OutputClasses outputs)
    {
        DataLoader loader = TinyTraining.Loader();
        return new DataLoader(outputs.Match(loader.Dataset), loader.Pipeline, loader.Options);
    }
}
