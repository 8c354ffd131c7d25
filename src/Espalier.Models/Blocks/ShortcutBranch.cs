using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Models;

/// <summary>The shortcuts of residual blocks.</summary>
internal static class ShortcutBranch
{
    /// <summary>Adds the block's input to a branch, or a shortcut computed from <paramref name="source"/> if the shape changes.</summary>
    internal static Value AddShortcut(this Value branch, Value input, Value source, ResidualBlockOptions options, bool normalized)
    {
        if (options.Shortcut == Shortcut.None)
        {
            return branch;
        }

        bool identity = options.Stride == 1 && input.Channels == branch.Channels;
        return branch.Add("add", identity ? input
            : options.Names.Shortcut.Length == 0 ? Reshape(source, branch.Channels, options, normalized)
            : source.In(options.Names.Shortcut, x => Reshape(x, branch.Channels, options, normalized)));
    }

    private static Value Reshape(Value x, int channels, ResidualBlockOptions options, bool normalized)
    {
        ResNetNames names = options.Names;
        return options.Shortcut switch
        {
            Shortcut.AveragePool => Pool(x, options).Project(names.PooledProjection, channels, 1, options with { Stride = 1 }, normalized),
            Shortcut.WideProjection when options.Stride != 1 || options.DilatesInstead => x.Project(names.Projection, channels, 3, options, normalized),
            Shortcut.PaddedIdentity => Identity(x, channels, options),
            _ => x.Project(names.Projection, channels, 1, options, normalized),
        };
    }

    private static Value Project(this Value x, (string Convolution, string Norm) names, int channels, int kernel, ResidualBlockOptions options, bool normalized)
    {
        Value projected = x.Convolution(options, names.Convolution, channels, kernel, options.Stride, kernel == 1 ? 1 : options.Dilation);
        return normalized ? projected.Normalize(options.Norm, names.Norm) : projected;
    }

    private static Value Pool(Value x, ResidualBlockOptions options) =>
        options.Stride != 1 ? x.AveragePool(options.Names.ShortcutPool, 2, options.Stride, ceilMode: true, countIncludePad: false)
        : options.DilatesInstead ? x.AveragePool(options.Names.ShortcutPool, 2, 1, padding: new Padding(0, 0, 1, 1)) // keeps the size, as timm does
        : x;

    private static Value Identity(Value x, int channels, ResidualBlockOptions options)
    {
        Value seen = options.Stride == 1 ? x : x.AveragePool("subsample", 1, options.Stride); // a 1x1 window with a stride selects every second pixel
        int added = channels - x.Channels;
        return seen.PadChannels("pad", added / 2, added - (added / 2));
    }
}
