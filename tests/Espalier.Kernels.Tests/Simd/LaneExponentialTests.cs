using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Espalier.Kernels.Tests;

/// <summary>eˣ on vectors of every width against double precision.</summary>
public sealed class LaneExponentialTests
{
    private const int Step = 4099; // every so many floats of either sign

    [Fact]
    public void Vectors_of_4_floats() => Check<Lanes128>(isFused: Fma.IsSupported);

    [Fact]
    public void Vectors_of_8_floats()
    {
        Assert.SkipUnless(Vector256.IsHardwareAccelerated, "no such vectors here");
        Check<Lanes256>(isFused: Fma.IsSupported);
    }

    [Fact]
    public void Vectors_of_16_floats()
    {
        Assert.SkipUnless(Vector512.IsHardwareAccelerated, "no such vectors here");
        Check<Lanes512>(isFused: true);
    }

    [Theory]
    [InlineData(float.NaN, float.NaN)]
    [InlineData(float.PositiveInfinity, float.PositiveInfinity)]
    [InlineData(float.NegativeInfinity, 0)]
    [InlineData(float.MaxValue, float.PositiveInfinity)]
    [InlineData(float.MinValue, 0)]
    [InlineData(0, 1)]
    [InlineData(-0f, 1)]
    [InlineData(float.Epsilon, 1)]
    [InlineData(88.7229f, float.PositiveInfinity)]
    [InlineData(-103.5f, float.Epsilon)]
    [InlineData(-103.98f, 0)]
    public void The_ends(float x, float expected)
    {
        Assert.Equal(expected, Of<Lanes128>(x));
        Assert.Equal(expected, Of<Lanes256>(x));
        if (Vector512.IsHardwareAccelerated)
        {
            Assert.Equal(expected, Of<Lanes512>(x));
        }
    }

    private static void Check<TLanes>(bool isFused) where TLanes : unmanaged, ILanes<TLanes>
    {
        (double worst, float at) = (0, 0);
        int top = BitConverter.SingleToInt32Bits(104);
        for (int bits = 0; bits < top; bits += Step)
        {
            foreach (float x in (float[])[BitConverter.Int32BitsToSingle(bits), -BitConverter.Int32BitsToSingle(bits)])
            {
                double exact = Math.Exp(x);
                if (exact <= float.MaxValue)
                {
                    float nearest = (float)exact;
                    double error = Math.Abs(Of<TLanes>(x) - exact) / (MathF.BitIncrement(nearest) - (double)nearest);
                    (worst, at) = error > worst ? (error, x) : (worst, at);
                }
            }
        }

        Assert.True(worst <= (isFused ? 1.5 : 2), $"{worst:F2} units in the last place at {at:R}");
    }

    private static float Of<TLanes>(float x) where TLanes : unmanaged, ILanes<TLanes>
    {
        TLanes lanes = LaneExponential.Of(TLanes.Broadcast(x));
        ref float first = ref Unsafe.As<TLanes, float>(ref lanes);
        for (int i = 1; i < TLanes.Count; i++)
        {
            Assert.Equal(first, Unsafe.Add(ref first, i));
        }

        return first;
    }
}
