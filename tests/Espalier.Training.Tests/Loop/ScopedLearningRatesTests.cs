using Espalier.Graphs;
using Espalier.Models;
using Espalier.Training.Tests.Support;

namespace Espalier.Training.Tests.Loop;

public sealed class ScopedLearningRatesTests
{
    [Fact]
    public void A_scope_has_the_parameters_of_its_layers_whatever_their_names_are()
    {
        var net = new GraphBuilder();
        Value x = net.Input(3, TinyTraining.Side, TinyTraining.Side).Conv2d("stem", 4, 3);
        Graph graph = net.Build(x.Affine("block.scale", bias: false, weight: "layer_scale").Affine("other", bias: false, weight: "block.factor").Flatten("flatten").Linear("fc", TinyTraining.Classes));
        Model before = new NetworkDefinition(graph, ModelMetadata.None).Initialize(3);

        using var trainer = new Trainer(before, TinyTraining.Loader(), TinyTraining.Options with { Epochs = 1, Extensions = [new ScopedLearningRates([new ScopedLearningRate("block", 0)])] });
        Model after = trainer.Run(cancellation: TestContext.Current.CancellationToken).Model;

        string[] same = [.. before.Parameters.Keys.Where(name => before.Parameters[name].Value.BitEquals(after.Parameters[name].Value)).Order(StringComparer.Ordinal)];
        Assert.Equal(["block.factor", "layer_scale"], same);
    }
}
