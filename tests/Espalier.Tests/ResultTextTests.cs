using Espalier.Data;
using Espalier.Graphs;

namespace Espalier.Tests;

/// <summary>Models and results print as a line that a person reads.</summary>
public class ResultTextTests
{
    [Fact]
    public void Models_and_what_was_made_of_them_print_as_a_line()
    {
        Model model = TinyData.Model();
        string network = $"{TinyData.Network}: 3x32x32 to 10, 269722 parameters";
        Assert.Equal(network, $"{model}");
        FoldedModel folded = model.Fold(cancellation: TestContext.Current.CancellationToken);
        PrunedModel pruned = model.Prune(PruneOptions.Weights(0.5), cancellation: TestContext.Current.CancellationToken);
        ExpandedModel expanded = model.Expand(new ExpandOptions("acb"), cancellation: TestContext.Current.CancellationToken);
        Assert.Matches(@"^cifar_resnet20: 3x32x32 to 10, \d+ parameters; \d+ merges; 4 of 4 answers the same, outputs at most \S+ apart$", $"{folded}");
        Assert.Matches($"^{network}; pruned: \\d+ weights that are not zero$", $"{pruned}");
        Assert.Matches(@"; \d+ convolutions expanded; 4 of 4", $"{expanded}");
        Assert.Equal("network: 3x32x32 to 10, 269722 parameters", $"{model.With(ModelMetadata.None)}");
    }

    [Fact]
    public void Measurements_print_as_a_line()
    {
        Assert.Equal("median 2.50 ms, mean 4.00 ms of 4 runs", $"{new Latencies([1, 2, 3, 10])}");
        using var classifier = new ImageClassifier(TinyData.Model());
        ClassificationReport report = classifier.Evaluate(new Subset(new GeneratedShapes(20), Enumerable.Range(0, 20)), new EvaluationOptions { Classes = ClassRule.Order }, cancellation: TestContext.Current.CancellationToken);
        Assert.Matches(@"^accuracy \d+\.\d%, loss \d+\.\d{4}, calibration error \d+\.\d% of 20 images$", $"{report}");
    }

    [Fact]
    public void Classes_print_with_their_probabilities()
    {
        var found = new Prediction(3, "tench", 0.981, 5);
        Assert.Equal("tench 98.1%", $"{found}");
        Assert.Equal("a.png: tench 98.1%, eel 1.0%", $"{new ClassifiedImage("a.png", [found, new Prediction(1, "eel", 0.01, 0)], null)}");
        Assert.Equal("b.png: broken", $"{new ClassifiedImage("b.png", [], "broken")}");
    }
}
