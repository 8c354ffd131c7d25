using Espalier.Graphs;
using Espalier.Models;

namespace Espalier.Surgery.Tests;

/// <summary>RepVGG and MobileOne fold into what their authors deploy.</summary>
public class BranchedNetworkTests
{
    [Theory]
    [InlineData("repvgg_a0")]
    [InlineData("repvgg_b1g4")]
    [InlineData("mobileone_s0")]
    [InlineData("mobileone_s4")]
    public void The_training_form_folds_into_the_deployed_form(string name)
    {
        var options = new ZooOptions { InputSize = 32, Classes = 10 };
        Graph folded = WithBiases(Zoo.Create(name, options).Initialize(seed: 1)).Apply(FoldingNet.Fold).Graph;
        Graph deployed = Zoo.Create($"{name}_deploy", options).Graph;
        Assert.Equal(deployed.Nodes.Select(node => node.Op), folded.Nodes.Select(node => node.Op));
    }

    /// <summary>Norms begin with biases of 0, which would fold into convolutions without.</summary>
    private static Model WithBiases(Model model) => model.With(model.Parameters.With(model.Graph.Nodes
        .Where(node => node.Op is BatchNorm)
        .Select(node => KeyValuePair.Create(node.Parameter("bias"), model.Parameters[node.Parameter("weight")]))));
}
