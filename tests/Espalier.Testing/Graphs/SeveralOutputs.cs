using Espalier.Graphs;

namespace Espalier.Testing;

/// <summary>Small networks with several outputs.</summary>
public static class SeveralOutputs
{
    public const int Classes = 4;

    /// <summary>A classifier with an auxiliary classifier, <c>aux.fc</c>; without dropout that of tests/oracle/make_trainer.py.</summary>
    public static Graph Heads(double dropout = 0)
    {
        var net = new GraphBuilder();
        Value x = net.Input(3, 8, 8).Conv2d("conv1", 4, 3, padding: 1).BatchNorm("bn1").Relu("relu1");
        Value head = x.AveragePool("aux.pool", 4).Conv2d("aux.conv", 2, 1).BatchNorm("aux.bn").Relu("aux.relu").Flatten("aux.flatten");
        x = x.Conv2d("conv2", 4, 3, padding: 1).BatchNorm("bn2").Relu("relu2").AveragePool("pool", 4).Flatten("flatten");
        if (dropout > 0)
        {
            (head, x) = (head.Dropout("aux.dropout", dropout), x.Dropout("dropout", dropout));
        }

        return net.Build(x.Linear("fc", Classes), head.Linear("aux.fc", Classes));
    }

    /// <summary>Outputs that other nodes read: the map before an activation in a branch that stochastic depth drops, the map that its shortcut passes on, and one that is computed from the first output.</summary>
    public static Graph Inner(StochasticDepthMode mode)
    {
        var net = new GraphBuilder();
        Value x = net.Input(3, 6, 6).Conv2d("conv1", 5, 3, padding: 1).BatchNorm("bn1").Relu("relu1");
        Value map = x.Conv2d("branch.conv", 5, 3, padding: 1, bias: true);
        Value branch = map.Sigmoid("branch.act").Conv2d("branch.last", 5, 1).BatchNorm("branch.bn");
        Value sum = x.StochasticDepth("add", branch, new StochasticDepth(0.5) { Mode = mode }).Relu("relu2");
        Value first = sum.GlobalAveragePool("pool").Flatten("flatten").Linear("fc", Classes);
        return net.Build(first, map, x, first.Linear("fc2", Classes));
    }
}
