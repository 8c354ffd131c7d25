namespace Espalier.Surgery;

/// <summary>Converts a linear map to fewer or more groups. A grouped convolution equals a dense one with a block-diagonal weight, so the conversion is always exact.</summary>
internal static class GroupConversion
{
    /// <summary>The same map with fewer groups, with weights of zero between channels of different original groups; with 1 group it is dense.</summary>
    /// <param name="map">The map to convert.</param>
    /// <param name="groups">The new number of groups, a divisor of the map's number of groups.</param>
    public static LinearMap Widen(LinearMap map, int groups)
    {
        ArgumentNullException.ThrowIfNull(map);
        if (groups == map.Groups)
        {
            return map;
        }

        if (groups < 1 || map.Groups % groups != 0)
        {
            throw new ArgumentException($"Expected a divisor of the map's {map.Groups} groups, found {groups}.", nameof(groups));
        }

        int positions = map.Kernel.Area;
        int inputs = map.InChannels / groups;
        double[] weight = MapSizeException.Weights(map.OutChannels, inputs, map.Kernel);
        for (int o = 0; o < map.OutChannels; o++)
        {
            int first = o / map.GroupOutputs * map.GroupInputs % inputs; // index of the original group's first input channel within the new group
            Array.Copy(map.Weight, o * map.GroupInputs * positions, weight, ((o * inputs) + first) * positions, map.GroupInputs * positions);
        }

        return Like(map, weight, groups);
    }

    /// <summary>The same map with as many groups as its zero weights allow.</summary>
    public static LinearMap Narrow(LinearMap map)
    {
        ArgumentNullException.ThrowIfNull(map);
        int most = GreatestCommonDivisor(map.InChannels, map.OutChannels);
        for (int groups = most; groups > map.Groups; groups--)
        {
            if (most % groups == 0 && groups % map.Groups == 0 && IsBlockDiagonal(map, groups))
            {
                return Take(map, groups);
            }
        }

        return map;
    }

    /// <summary>The greatest common divisor by Euclid's algorithm; if one argument is 0, the other argument.</summary>
    internal static int GreatestCommonDivisor(int a, int b) => b == 0 ? a : GreatestCommonDivisor(b, a % b);

    private static LinearMap Like(LinearMap map, double[] weight, int groups) =>
        new(map.InChannels, map.OutChannels, map.Kernel, weight, groups)
        {
            Bias = map.Bias,
            Stride = map.Stride,
            Dilation = map.Dilation,
            Padding = map.Padding,
            Border = map.Border,
        };

    private static bool IsBlockDiagonal(LinearMap map, int groups)
    {
        int positions = map.Kernel.Area;
        int row = map.GroupInputs * positions;
        int block = map.InChannels / groups * positions;
        for (int o = 0; o < map.OutChannels; o++)
        {
            int first = FirstInput(map, groups, o) * positions;
            ReadOnlySpan<double> weights = map.Weight.AsSpan(o * row, row);
            if (weights[..first].ContainsAnyExcept(0.0) || weights[(first + block)..].ContainsAnyExcept(0.0))
            {
                return false;
            }
        }

        return true;
    }

    private static LinearMap Take(LinearMap map, int groups)
    {
        int positions = map.Kernel.Area;
        int block = map.InChannels / groups * positions;
        double[] weight = new double[map.OutChannels * block];
        for (int o = 0; o < map.OutChannels; o++)
        {
            Array.Copy(map.Weight, ((o * map.GroupInputs) + FirstInput(map, groups, o)) * positions, weight, o * block, block);
        }

        return Like(map, weight, groups);
    }

    /// <summary>The index, within the current group, of the first input channel of an output channel's finer group.</summary>
    private static int FirstInput(LinearMap map, int groups, int output) =>
        output / (map.OutChannels / groups) * (map.InChannels / groups) % map.GroupInputs;
}
