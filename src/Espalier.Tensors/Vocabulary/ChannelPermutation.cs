namespace Espalier.Tensors;

/// <summary>Orders of channels.</summary>
public static class ChannelPermutation
{
    /// <summary>The channel shuffle of ShuffleNet (Zhang 2018, §3.1): for each channel of the result, the input's channel that it is. Channel g·n + i goes to i·groups + g.</summary>
    /// <param name="channels">Channels.</param>
    /// <param name="groups">Groups of n channels; must divide the channels.</param>
    public static int[] Shuffle(int channels, int groups)
    {
        int each = channels / groups;
        return [.. Enumerable.Range(0, channels).Select(to => (to % groups * each) + (to / groups))];
    }
}
