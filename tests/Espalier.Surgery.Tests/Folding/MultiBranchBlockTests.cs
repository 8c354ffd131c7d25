using Espalier.Graphs;
using Espalier.Models;
using Espalier.Tensors;

namespace Espalier.Surgery.Tests;

/// <summary>Every block to train with folds into the one convolution it stands for, named after it.</summary>
public class MultiBranchBlockTests
{
    private static readonly Dictionary<string, Func<Value, MultiBranchOptions, Value>> s_blocks = new()
    {
        ["acb"] = (x, options) => x.AsymmetricBlock("block", options),
        ["dbb"] = (x, options) => x.DiverseBranchBlock("block", options),
        ["repvgg"] = (x, options) => x.RepVggBlock("block", options),
        ["mobileone"] = (x, options) => x.MobileOneBlock("block", options),
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_block_folds_into_its_convolution(string block, int channels, int kernel, int stride, int dilation, int groups)
    {
        var options = new MultiBranchOptions(channels) { Kernel = kernel, Stride = stride, Dilation = dilation, Groups = groups };
        Model model = FoldingNet.Build(8, 12, 13, x => s_blocks[block](x, options).Relu("relu"));

        Model folded = model.Apply(FoldingNet.Fold);

        Node layer = Assert.Single(folded.Graph.Nodes, node => node.Op is not (Input or Relu));
        Size padding = dilation * (kernel - 1) / 2;
        Assert.Equal(new Conv2d(8, channels, kernel) { Stride = stride, Padding = padding, Dilation = dilation, Groups = groups, Bias = true }, layer.Op);
        Assert.True(layer.Name == "block" || kernel == 1, layer.Name);
        Assert.InRange(FoldingNet.Change(model, folded), 0, 2e-6);
    }

    public static TheoryData<string, int, int, int, int, int> Cases()
    {
        var cases = new TheoryData<string, int, int, int, int, int>();
        foreach (string block in s_blocks.Keys)
        {
            cases.Add(block, 8, 3, 1, 1, 1);
            cases.Add(block, 16, 3, 2, 1, 1);
            cases.Add(block, 8, 5, 1, 1, 2);
            cases.Add(block, 8, 3, 1, 2, 8);
            cases.Add(block, 12, 7, 2, 2, 4);
            cases.Add(block, 8, 1, 1, 1, 1);
        }

        return cases;
    }
}
