using Espalier.Tensors;

namespace Espalier.Data;

/// <summary>The order of samples in an epoch: a permutation determined by seed and epoch, or the data set's own order.</summary>
internal sealed class EpochOrder(int count, DataLoaderOptions options)
{
    private readonly CounterRandom _random = new CounterRandom(options.Seed).Stream("order");
    private readonly int[] _order = options.Shuffle ? new int[count] : [];

    /// <summary>The sample at a position of the epoch.</summary>
    internal int this[int place] => options.Shuffle ? _order[place] : place;

    /// <summary>Draws the order of an epoch (Fisher–Yates shuffle, Durstenfeld's form).</summary>
    internal void Draw(int epoch)
    {
        CounterRandom random = _random.Stream((ulong)epoch);
        for (int i = 0; i < _order.Length; i++)
        {
            int other = (int)random.Below((ulong)i, i + 1);
            _order[i] = _order[other];
            _order[other] = i;
        }
    }
}
