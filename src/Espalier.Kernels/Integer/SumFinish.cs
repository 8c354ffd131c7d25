namespace Espalier.Kernels;

/// <summary>What code that also requantizes its sums does with them.</summary>
/// <param name="AddsResidual">Whether a residual is added.</param>
/// <param name="ClampsLow">Whether the lower limit is more than the one that saturating 8 bits imposes anyway.</param>
/// <param name="ClampsHigh">The same for the upper limit.</param>
internal readonly record struct SumFinish(bool AddsResidual, bool ClampsLow, bool ClampsHigh)
{
    private const double SafelyAnInt32 = 1 << 30; // beyond int32 the conversion gives the least number whatever the sign

    /// <summary>Whether the sums are rounded before the residual is added (see <see cref="OwnRounding"/>).</summary>
    internal bool RoundsFirst { get; init; }

    /// <summary>The finish of a convolution.</summary>
    /// <param name="output">Zero point and limits.</param>
    /// <param name="addition">The residual, if there is one.</param>
    /// <param name="largest">A bound of all sums times multipliers (see <see cref="AccumulatorRange.Largest"/>).</param>
    internal static SumFinish Of(Requantization output, ResidualAddition? addition, double largest)
    {
        double own = addition?.Own is { } rounding ? 255d * Math.Abs(rounding.Multiplier) : largest;
        bool isSafe = own + (255d * Math.Abs(addition?.Multiplier ?? 0)) <= SafelyAnInt32;
        return new SumFinish(addition is not null, !isSafe || output.Low != -output.ZeroPoint, !isSafe || output.High != 255 - output.ZeroPoint)
        {
            RoundsFirst = addition?.Own is not null,
        };
    }
}
