using Espalier.Graphs;
using Espalier.Models;
using Espalier.Tensors;

namespace Espalier.Surgery.Tests;

public class ResidualRemovalTests
{
    private const double Tolerance = 2e-6;

    [Theory]
    [InlineData(1, 1, 3)]
    [InlineData(1, 2, 3)]
    [InlineData(1, 1, 5)]
    [InlineData(2, 1, 3)]
    public void A_block_becomes_a_plain_chain(int groups, int dilation, int kernel)
    {
        Model model = FoldingNet.Build(6, 9, 8, x =>
        {
            Value shortcut = x.Relu("in");
            Padding padding = dilation * (kernel - 1) / 2;
            return shortcut.Conv2d("a", 4, kernel, 1, padding, dilation, groups, bias: true).Relu("mid").Conv2d("b", 6, kernel, 1, padding, dilation, groups).Add("sum", shortcut).Relu("out");
        });

        Model plain = model.Apply(new ResidualRemoval());

        Assert.Equal(["input", "in", "a", "mid", "b", "out"], plain.Graph.Nodes.Select(node => node.Name));
        Assert.Equal((10, 10), (((Conv2d)plain.Graph["a"].Op).OutChannels, ((Conv2d)plain.Graph["b"].Op).InChannels));
        Assert.InRange(FoldingNet.Change(model, plain), 0, Tolerance);
    }

    [Fact]
    public void A_projection_is_carried_too()
    {
        Model model = FoldingNet.Build(4, 9, 8, x =>
        {
            Value shortcut = x.Relu("in");
            Value branch = shortcut.Conv2d("a", 8, 3, 2, 1).BatchNorm("bn1").Relu("mid").Conv2d("b", 8, 3, padding: 1).BatchNorm("bn2");
            return branch.Add("sum", shortcut.Conv2d("down", 8, 1, 2).BatchNorm("bn3")).Relu("out");
        });

        Model plain = model.Apply(FoldingNet.Fold, new ResidualRemoval());

        Assert.DoesNotContain(plain.Graph.Nodes, node => node.Op is Add || node.Name == "down");
        Assert.InRange(FoldingNet.Change(model, plain), 0, Tolerance);
    }

    [Theory]
    [InlineData("cifar_resnet20", 32)]
    [InlineData("resnet50", 32)]
    public void A_residual_network_becomes_a_plain_one(string name, int side)
    {
        Model model = Zoo.Create(name).Initialize(5).WithInput([3, side, side]);

        Model plain = model.Apply(FoldingNet.Fold, new ResidualRemoval());

        Assert.DoesNotContain(plain.Graph.Nodes, node => node.Op is Add);
        Assert.InRange(FoldingNet.Change(model, plain), 0, 1e-5);
    }

    [Fact]
    public void What_would_not_be_exact_is_refused_by_name()
    {
        Refused(x => x.Conv2d("a", 4, 3, padding: 1).Relu("mid").Conv2d("b", 4, 3, padding: 1).Add("sum", x), "'input' may be negative");
        Refused(x => Positive(x, y => y.Conv2d("a", 4, 3, padding: 1).BatchNorm("bn").Relu("mid").Conv2d("b", 4, 3, padding: 1)), "'bn' is a batch norm; fold the network first");
        Refused(x => Positive(x, y => y.Conv2d("a", 4, 3, padding: 1).Sigmoid("mid").Conv2d("b", 4, 3, padding: 1)), "'mid' of the branch is sigmoid");
        Refused(x => Positive(x, y => y.Conv2d("a", 4, 3, padding: 1).Relu6("mid").Conv2d("b", 4, 3, padding: 1)), "'mid' of the branch is relu6");
        Refused(x => Positive(x, y => y.Conv2d("a", 4, 3, padding: 1).Relu("mid").Conv2d("b", 4, 3, padding: 1).Relu("end")), "does not end in the second or a later convolution");
        Refused(x => Positive(x, y => y.Conv2d("a", 4, 3, padding: 3, dilation: 2).Relu("mid").Conv2d("b", 4, 3)), "'a' has no kernel element at the position of its output pixel");
        Refused(x => Positive(x, y => y.Conv2d("a", 4, 3).Relu("mid").Conv2d("b", 4, 3, padding: 2)), "'b' reads a feature map of 7x6 pixels, and the shortcut needs 9x8 pixels");
        Refused(x => x.Builder.Append("sum", new Add(), [x.Relu("in"), x.Conv2d("a", 4, 1), x.Conv2d("b", 4, 1)]), "it adds 3 values");
    }

    private static Value Positive(Value x, Func<Value, Value> branch)
    {
        Value shortcut = x.Relu("in");
        return shortcut.Add("sum", branch(shortcut));
    }

    private static void Refused(Func<Value, Value> body, string reason)
    {
        Model model = FoldingNet.Build(4, 9, 8, body);

        Refusal refusal = Assert.Single(new ResidualRemoval().Plan(model).Refusals);

        Assert.Equal("sum", refusal.Node);
        Assert.Contains(reason, refusal.Reason, StringComparison.Ordinal);
        Assert.Same(model, model.Apply(new ResidualRemoval()));
    }
}
