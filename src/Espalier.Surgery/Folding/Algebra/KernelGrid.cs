using Espalier.Tensors;

namespace Espalier.Surgery;

/// <summary>Rewrites maps with different kernel sizes, dilations and paddings so that they share one kernel size, dilation and padding (Ding 2021, Diverse Branch Block, transform VI).</summary>
/// <remarks>
/// Kernel elements keep their vertical and horizontal offsets from the output pixel. If the common kernel has a kernel position that a
/// map lacks, its weight there is zero. This covers 1x1, 1xk, kx1 and even kernels, and different dilations by inserting zeros.
/// </remarks>
internal static class KernelGrid
{
    /// <summary>Returns the maps with a common kernel size, dilation, padding and padding value, in the given order; empty if refused.</summary>
    /// <param name="maps">The maps; at least one.</param>
    /// <param name="refusal">The reason why the maps cannot be aligned, or <see langword="null"/>.</param>
    public static LinearMap[] Align(IReadOnlyList<LinearMap> maps, out MergeRefusal? refusal)
    {
        ArgumentNullException.ThrowIfNull(maps);
        Axis height = Axis.Common(maps, Axis.OfHeight);
        Axis width = Axis.Common(maps, Axis.OfWidth);
        refusal = WhyNot(maps, height, width);
        if (refusal is not null)
        {
            return [];
        }

        double[]? border = maps.FirstOrDefault(map => map.HasBorder)?.Border;
        return [.. maps.Select(map => Place(map, height, width, border))];
    }

    private static MergeRefusal? WhyNot(IReadOnlyList<LinearMap> maps, Axis height, Axis width)
    {
        LinearMap first = maps[0];
        if (maps.FirstOrDefault(map => map.InChannels != first.InChannels || map.Stride != first.Stride) is LinearMap other)
        {
            return new MergeRefusal(MergeRule.SamplingGrid, $"the branches have strides {first.Stride} and {other.Stride} on {first.InChannels} and {other.InChannels} channels");
        }

        foreach (LinearMap map in maps)
        {
            // If the sizes differ by less than one stride, the outputs are equal in size for some inputs, and the graph is valid only for those.
            if (height.Excess(Axis.OfHeight(map)) >= map.Stride.Height || width.Excess(Axis.OfWidth(map)) >= map.Stride.Width)
            {
                return new MergeRefusal(MergeRule.SamplingGrid, $"kernels {first.Kernel} with padding {first.Padding} and {map.Kernel} with padding {map.Padding} produce feature maps of different sizes");
            }
        }

        LinearMap[] padded = [.. maps.Where(map => !map.Padding.IsNone)];
        bool oneBorder = padded.All(map => map.HasBorder == padded[0].HasBorder && (!map.HasBorder || map.Border.AsSpan().SequenceEqual(padded[0].Border)));
        return oneBorder ? null : new MergeRefusal(MergeRule.SamplingGrid, "the branches are padded with different values");
    }

    private static LinearMap Place(LinearMap map, Axis height, Axis width, double[]? border)
    {
        var kernel = new Size(height.Positions, width.Positions);
        var padding = new Padding(height.Before, width.Before, height.After, width.After);
        if (map.Kernel == kernel && map.Dilation == (height.Step, width.Step) && map.Padding == padding)
        {
            return map with { Border = border };
        }

        double[] weight = MapSizeException.Weights(map.OutChannels, map.GroupInputs, kernel);
        for (int plane = 0; plane < map.OutChannels * map.GroupInputs; plane++)
        {
            for (int position = 0; position < map.Kernel.Area; position++)
            {
                int y = height.IndexOf(((position / map.Kernel.Width) * map.Dilation.Height) - map.Padding.Top);
                int x = width.IndexOf(((position % map.Kernel.Width) * map.Dilation.Width) - map.Padding.Left);
                weight[(((plane * kernel.Height) + y) * kernel.Width) + x] = map.Weight[(plane * map.Kernel.Area) + position];
            }
        }

        return new LinearMap(map.InChannels, map.OutChannels, kernel, weight, map.Groups)
        {
            Bias = map.Bias,
            Stride = map.Stride,
            Dilation = (height.Step, width.Step),
            Padding = padding,
            Border = border,
        };
    }

    /// <summary>Kernel size, dilation and padding along one axis.</summary>
    private readonly record struct Axis(int Positions, int Step, int Before, int After)
    {
        /// <summary>The offset of the last kernel position.</summary>
        private int Reach => (Step * (Positions - 1)) - Before;

        internal static Axis OfHeight(LinearMap map) => new(map.Kernel.Height, map.Dilation.Height, map.Padding.Top, map.Padding.Bottom);

        internal static Axis OfWidth(LinearMap map) => new(map.Kernel.Width, map.Dilation.Width, map.Padding.Left, map.Padding.Right);

        internal static Axis Common(IReadOnlyList<LinearMap> maps, Func<LinearMap, Axis> of)
        {
            Axis[] axes = [.. maps.Select(of)];
            int before = axes.Max(axis => axis.Before);
            int reach = axes.Max(axis => axis.Reach);
            int step = 0;
            foreach (Axis axis in axes)
            {
                step = GroupConversion.GreatestCommonDivisor(step, before - axis.Before);
                step = GroupConversion.GreatestCommonDivisor(step, axis.Positions > 1 ? axis.Step : 0);
            }

            step = Math.Max(1, step);
            return new Axis(((reach + before) / step) + 1, step, before, axes.Min(axis => axis.After + reach - axis.Reach));
        }

        /// <summary>The padding at the end that a map needs with this kernel, minus the common padding at the end.</summary>
        internal int Excess(Axis axis) => axis.After + Reach - axis.Reach - After;

        internal int IndexOf(int offset) => (offset + Before) / Step;
    }
}
