using System.Diagnostics.CodeAnalysis;

namespace Espalier.Kernels;

/// <summary>Converts a number of lanes to a vector type; the only place that does.</summary>
internal static class LanesDispatch
{
    /// <summary>Runs <paramref name="job"/> with vectors of <paramref name="lanes"/> floats, the block size of its layout.</summary>
    internal static void Run<TJob>(int lanes, TJob job) where TJob : struct, ILanesJob
    {
        switch (lanes)
        {
            case 16:
                job.Run<Lanes512>();
                break;
            case 8:
                job.Run<Lanes256>();
                break;
            case 4:
                job.Run<Lanes128>();
                break;
            default:
                ThrowNoSuchWidth(lanes);
                break;
        }
    }

    [DoesNotReturn]
    private static void ThrowNoSuchWidth(int lanes) =>
        throw new ArgumentException($"there are no kernels for vectors of {lanes} floats; expected 16, 8 or 4", nameof(lanes));
}
