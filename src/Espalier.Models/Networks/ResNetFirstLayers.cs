using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Models;

/// <summary>The first layers of residual networks.</summary>
internal static class ResNetFirstLayers
{
    private const int TieredShare = 3; // eighths of the channels in the first convolution of a tiered stem

    /// <summary>The convolutions of the stem with norm and ReLU, and its pool.</summary>
    internal static Value FirstLayers(this Value x, ResNetOptions options)
    {
        x = Convolutions(x, options);
        ResNetNames.StemNames names = options.StemNames();
        x = options.IsStemActive ? x.Normalize(options.Norm, names.Norms[^1]).Relu(names.Activations[^1]) : x;
        return options.Stem == ResNetStem.Small ? x : Pool(x, options);
    }

    /// <summary>The names of the stem that the options choose.</summary>
    internal static ResNetNames.StemNames StemNames(this ResNetOptions options) => IsDeep(options) ? options.Names.DeepStem : options.Names.Stem;

    /// <summary>The names of the stem's pool and what belongs to it.</summary>
    internal static IEnumerable<string> StemPoolNames(this ResNetOptions options) =>
        options.StemPool == ResNetStemPool.MaxOfZeroPadded ? [options.Names.StemPad, options.Names.StemPool] : [options.Names.StemPool];

    private static bool IsDeep(ResNetOptions options) => options.Stem is ResNetStem.Deep or ResNetStem.DeepTiered;

    private static Value Convolutions(Value x, ResNetOptions options)
    {
        ResNetNames.StemNames names = options.StemNames();
        int channels = options.StemChannels ?? options.Width;
        if (!IsDeep(options))
        {
            return options.Stem == ResNetStem.Large
                ? x.Convolution(options.StandardizedWeights, names.Convolutions[0], channels, 7, 2)
                : x.Convolution(options.StandardizedWeights, names.Convolutions[0], channels, 3);
        }

        int half = channels / 2;
        x = x.Convolution(options.StandardizedWeights, names.Convolutions[0], options.Stem == ResNetStem.Deep ? half : channels / 8 * TieredShare, 3, 2).Normalize(options.Norm, names.Norms[0]).Relu(names.Activations[0]);
        x = x.Convolution(options.StandardizedWeights, names.Convolutions[1], half, 3).Normalize(options.Norm, names.Norms[1]).Relu(names.Activations[1]);
        return x.Convolution(options.StandardizedWeights, names.Convolutions[2], channels, 3);
    }

    private static Value Pool(Value x, ResNetOptions options) => options.StemPool switch
    {
        ResNetStemPool.Max => MaxPool(x, options),
        ResNetStemPool.MaxCeiling => RequireStrided(x, options).MaxPool(options.Names.StemPool, 3, 2, ceilMode: true),
        ResNetStemPool.MaxOfZeroPadded => RequireStrided(x, options).Pad(options.Names.StemPad, 1, PaddingMode.Zero).MaxPool(options.Names.StemPool, 3, 2),
        ResNetStemPool.Convolution => x.In(options.Names.StemPool, x => Convolution(x, options)),
    };

    private static Value MaxPool(Value x, ResNetOptions options) => options.Pooling switch
    {
        Pooling.Average => x.AveragePool(options.Names.StemPool, 2),
        Pooling.Blur => x.In(options.Names.StemPool, x => x.MaxPool("0", 3, 1, padding: 1).Blur("1", 2)),
        _ => x.MaxPool(options.Names.StemPool, 3, stride: 2, padding: 1),
    };

    private static Value Convolution(Value x, ResNetOptions options)
    {
        Value Convolve(int stride) => x.Convolution(options.StandardizedWeights, "0", x.Channels, 3, stride);
        return options.Pooling switch
        {
            Pooling.Average => Convolve(1).AveragePool("1", 2).Normalize(options.Norm, "2").Relu("3"),
            Pooling.Blur => Convolve(1).Blur("1", 2).Normalize(options.Norm, "2").Relu("3"),
            _ => Convolve(2).Normalize(options.Norm, "1").Relu("2"),
        };
    }

    private static Value RequireStrided(Value x, ResNetOptions options)
    {
        if (options.Pooling is Pooling.Average or Pooling.Blur)
        {
            GraphException.Throw(options.Names.StemPool, $"expected strided pooling, as the stem's pool is {options.StemPool}, found {options.Pooling}");
        }

        return x;
    }
}
