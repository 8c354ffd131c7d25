namespace Espalier.Tensors;

/// <summary>Permutations of channels.</summary>
internal static class ChannelPermutation
{
    /// <summary>The channel shuffle of ShuffleNet (Zhang 2018, §3.1): for each output channel the index of the input channel. Channel g·n + i goes to i·groups + g.</summary>
    /// <param name="channels">Number of channels.</param>
    /// <param name="groups">Number of groups of n channels; must divide the channels.</param>
    public static int[] Shuffle(int channels, int groups)
    {
        int each = channels / groups;
        return [.. Enumerable.Range(0, channels).Select(to => (to % groups * each) + (to / groups))];
    }
}
