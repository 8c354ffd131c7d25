using Espalier.Graphs;

namespace Espalier.Models;

/// <summary>The blocks of DenseNet-BC (Huang 2017, "Densely connected convolutional networks"), with torchvision's names.</summary>
public static class DenseBlocks
{
    /// <summary>Some layers, each of which reads everything made before it in the block.</summary>
    /// <param name="x">The input.</param>
    /// <param name="layers">How many.</param>
    /// <param name="growth">Channels that each adds: the paper's k.</param>
    public static Value DenseBlock(this Value x, int layers, int growth)
    {
        for (int i = 1; i <= layers; i++)
        {
            x = x.In($"denselayer{i}", x => x.DenseLayer(growth));
        }

        return x;
    }

    /// <summary>Norm, ReLU, 1x1, norm, ReLU, 3x3; the result is the input with <paramref name="growth"/> new channels behind it.</summary>
    public static Value DenseLayer(this Value x, int growth)
    {
        const int Bottleneck = 4; // the 1x1 makes 4k channels (Huang 2017, §3)
        Value made = x
            .BatchNorm("norm1").Relu("relu1").Conv1x1("conv1", checked(Bottleneck * growth))
            .BatchNorm("norm2").Relu("relu2").Conv3x3("conv2", growth);
        return x.Concat("concat", made);
    }

    /// <summary>Half of the channels, half of the size.</summary>
    public static Value Transition(this Value x) => x
        .BatchNorm("norm").Relu("relu").Conv1x1("conv", x.Channels / 2).AveragePool("pool", 2);
}
