namespace Espalier.Kernels;

/// <summary><see cref="Requantization.MeanMultiplier"/> of the last counts: the windows of a pool have few.</summary>
internal unsafe struct MeanMultipliers(float inputScale, float outputScale)
{
    private const int Places = 16;
    private fixed int _counts[Places];
    private fixed float _multipliers[Places];

    /// <summary>The multiplier of a mean of <paramref name="count"/> values; 0 for a window without any.</summary>
    internal float Of(int count)
    {
        if (count == 0)
        {
            return 0;
        }

        int place = count % Places;
        if (_counts[place] != count)
        {
            _multipliers[place] = Requantization.MeanMultiplier(inputScale, outputScale, count);
            _counts[place] = count;
        }

        return _multipliers[place];
    }
}
