using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Testing;

/// <summary>The ends of random networks.</summary>
internal sealed class RandomHeads(Dice dice, RandomGraphOptions options)
{
    internal Value Head(Value x)
    {
        if (!options.AlwaysClassifies && dice.Chance(0.2))
        {
            return x.Conv2d("mask", dice.Between(1, 9), 1, bias: true).Sigmoid("sigmoid"); // a map, as for segmentation
        }

        x = Vector(Pool(x));
        return dice.Chance(0.3) ? x.Softmax("softmax") : x;
    }

    private Value Pool(Value x) => (dice.Between(0, 3) switch
    {
        0 => x.AdaptiveAveragePool("pool", new Size(dice.Between(1, 3), dice.Between(1, 3))),
        1 => x.AveragePool("pool", new Size(x.Shape[1], x.Shape[2])),
        _ => x.GlobalAveragePool("pool"),
    }).Flatten("flatten");

    private Value Vector(Value x)
    {
        if (dice.Chance(0.3))
        {
            x = x.Linear("hidden", dice.Between(3, options.Channels), bias: false).BatchNorm("norm").LeakyRelu("act", 0.2);
        }

        if (options.Randomness && dice.Chance(0.4))
        {
            x = x.Dropout("dropout", dice.Pick(0.1, 0.5));
        }

        if (dice.Chance(0.2))
        {
            x = x.PadChannels("pad", dice.Between(0, 2), dice.Between(0, 2));
        }

        return x.Linear("fc", dice.Between(2, 17), dice.Chance(0.8));
    }
}
