using System.Runtime.CompilerServices;

namespace Espalier.Kernels;

/// <summary>The arithmetic of 8-bit maps.</summary>
internal static unsafe class PixelOperations
{
    private const int Four = 4 * MapRuns.Lanes;

    /// <summary>Adds two maps of different scales: <see cref="IntegerAddition"/>.</summary>
    internal readonly struct Sum<TLanes>(IntegerAddition addition) : IPixelOperation where TLanes : struct, IBlockLanes<TLanes>
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run(MapRow row, byte* a, byte* b, byte* to, nint pixels)
        {
            TLanes low = TLanes.Broadcast(addition.Output.Low), high = TLanes.Broadcast(addition.Output.High);
            TLanes zeroA = TLanes.Broadcast(addition.FirstZeroPoint), zeroB = TLanes.Broadcast(addition.SecondZeroPoint);
            TLanes scaleA = TLanes.Broadcast(addition.FirstMultiplier), scaleB = TLanes.Broadcast(addition.SecondMultiplier);
            int zeroPoint = addition.Output.ZeroPoint;
            byte* end = to + (pixels * MapRuns.Lanes);
            for (; end - to >= Four; to += Four, a += Four, b += Four)
            {
                TLanes first = Of(a, b, zeroA, scaleA, zeroB, scaleB), second = Of(a + 16, b + 16, zeroA, scaleA, zeroB, scaleB);
                TLanes third = Of(a + 32, b + 32, zeroA, scaleA, zeroB, scaleB), fourth = Of(a + 48, b + 48, zeroA, scaleA, zeroB, scaleB);
                TLanes.StoreFour(to, first, second, third, fourth, low, high, zeroPoint);
            }

            for (; to < end; to += MapRuns.Lanes, a += MapRuns.Lanes, b += MapRuns.Lanes)
            {
                TLanes.Store(to, Of(a, b, zeroA, scaleA, zeroB, scaleB), low, high, zeroPoint);
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static TLanes Of(byte* a, byte* b, TLanes zeroA, TLanes scaleA, TLanes zeroB, TLanes scaleB)
        {
            TLanes first = TLanes.Multiply(TLanes.Subtract(TLanes.Load(a), zeroA), scaleA); // the difference of two such numbers is exact
            TLanes second = TLanes.Multiply(TLanes.Subtract(TLanes.Load(b), zeroB), scaleB);
            return TLanes.Add(first, second);
        }
    }

    /// <summary>The product of two maps; products of two 8-bit numbers are exact in float32.</summary>
    internal readonly struct Product<TLanes>(int firstZeroPoint, int secondZeroPoint, float multiplier, Requantization requantization) : IPixelOperation
        where TLanes : struct, IBlockLanes<TLanes>
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run(MapRow row, byte* a, byte* b, byte* to, nint pixels)
        {
            TLanes low = TLanes.Broadcast(requantization.Low), high = TLanes.Broadcast(requantization.High), scale = TLanes.Broadcast(multiplier);
            TLanes zeroA = TLanes.Broadcast(firstZeroPoint), zeroB = TLanes.Broadcast(secondZeroPoint);
            int zeroPoint = requantization.ZeroPoint;
            for (byte* end = to + (pixels * MapRuns.Lanes); to < end; to += MapRuns.Lanes, a += MapRuns.Lanes, b += MapRuns.Lanes)
            {
                TLanes product = TLanes.Multiply(TLanes.Subtract(TLanes.Load(a), zeroA), TLanes.Subtract(TLanes.Load(b), zeroB));
                TLanes.Store(to, TLanes.Multiply(product, scale), low, high, zeroPoint);
            }
        }
    }

    /// <summary>The product of a map and one number for each channel.</summary>
    internal readonly struct ChannelProduct<TLanes>(int firstZeroPoint, int secondZeroPoint, float multiplier, Requantization requantization, byte* factors, MapAddress address)
        : IPixelOperation where TLanes : struct, IBlockLanes<TLanes>
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run(MapRow row, byte* a, byte* b, byte* to, nint pixels)
        {
            TLanes low = TLanes.Broadcast(requantization.Low), high = TLanes.Broadcast(requantization.High), scale = TLanes.Broadcast(multiplier);
            TLanes zeroA = TLanes.Broadcast(firstZeroPoint);
            TLanes factor = TLanes.Subtract(TLanes.Load(factors + address.Of(row with { Row = 0 })), TLanes.Broadcast(secondZeroPoint));
            int zeroPoint = requantization.ZeroPoint;
            byte* end = to + (pixels * MapRuns.Lanes);
            for (; end - to >= Four; to += Four, a += Four)
            {
                TLanes first = Of(a, zeroA, factor, scale), second = Of(a + 16, zeroA, factor, scale);
                TLanes third = Of(a + 32, zeroA, factor, scale), fourth = Of(a + 48, zeroA, factor, scale);
                TLanes.StoreFour(to, first, second, third, fourth, low, high, zeroPoint);
            }

            for (; to < end; to += MapRuns.Lanes, a += MapRuns.Lanes)
            {
                TLanes.Store(to, Of(a, zeroA, factor, scale), low, high, zeroPoint);
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static TLanes Of(byte* a, TLanes zeroPoint, TLanes factor, TLanes scale) =>
            TLanes.Multiply(TLanes.Multiply(TLanes.Subtract(TLanes.Load(a), zeroPoint), factor), scale);
    }

    /// <summary>A scale and a shift for each channel; scales may be any numbers, so that a product may be NaN.</summary>
    internal readonly struct ScaledAndShifted<TLanes>(int inputZeroPoint, float* multipliers, float* shifts, Requantization requantization) : IPixelOperation
        where TLanes : struct, IBlockLanes<TLanes>
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run(MapRow row, byte* a, byte* b, byte* to, nint pixels)
        {
            TLanes low = TLanes.Broadcast(requantization.Low), high = TLanes.Broadcast(requantization.High), zeroA = TLanes.Broadcast(inputZeroPoint);
            TLanes scale = TLanes.Load(multipliers + (row.Block * MapRuns.Lanes)), shift = TLanes.Load(shifts + (row.Block * MapRuns.Lanes));
            TLanes least = TLanes.Broadcast(-255), greatest = TLanes.Broadcast(255); // met already
            int zeroPoint = requantization.ZeroPoint;
            for (byte* end = to + (pixels * MapRuns.Lanes); to < end; to += MapRuns.Lanes, a += MapRuns.Lanes)
            {
                TLanes product = TLanes.Multiply(TLanes.Subtract(TLanes.Load(a), zeroA), scale);
                TLanes limited = TLanes.LimitedOrZero(TLanes.Add(product, shift), low, high);
                TLanes.Store(to, limited, least, greatest, zeroPoint);
            }
        }
    }
}
