using Espalier.Graphs;

namespace Espalier.Models;

/// <summary>The blocks of DenseNet-BC (Huang 2017, "Densely connected convolutional networks"), with torchvision's names.</summary>
public static class DenseBlocks
{
    /// <summary>A dense block: each layer reads the concatenation of the block's input and the outputs of all earlier layers.</summary>
    /// <param name="x">The input.</param>
    /// <param name="layers">Number of layers.</param>
    /// <param name="growth">The number of channels that each layer adds, k in the paper.</param>
    public static Value DenseBlock(this Value x, int layers, int growth)
    {
        for (int i = 1; i <= layers; i++)
        {
            x = x.In($"denselayer{i}", x => x.DenseLayer(growth));
        }

        return x;
    }

    /// <summary>A dense layer: norm, ReLU, 1x1, norm, ReLU, 3x3; the result is the input with <paramref name="growth"/> new channels appended.</summary>
    public static Value DenseLayer(this Value x, int growth)
    {
        const int Bottleneck = 4; // the 1x1 has 4k output channels (Huang 2017, §3)
        Value made = x
            .BatchNorm("norm1").Relu("relu1").Conv1x1("conv1", checked(Bottleneck * growth))
            .BatchNorm("norm2").Relu("relu2").Conv3x3("conv2", growth);
        return x.Concat("concat", made);
    }

    /// <summary>A transition layer: norm, ReLU, a 1x1 convolution to half of the channels, and a 2x2 average pool.</summary>
    public static Value Transition(this Value x) => x
        .BatchNorm("norm").Relu("relu").Conv1x1("conv", x.Channels / 2).AveragePool("pool", 2);
}
