using ILGPU;

namespace Espalier.Accelerated;

/// <summary>What is added up over the numbers of sets: one or two terms of each.</summary>
internal interface ITerms
{
    /// <summary>Whether there is a second term.</summary>
    static abstract bool AreTwo { get; }

    /// <summary>The terms of the number at a place.</summary>
    (float First, float Second) Of(int at, int set);
}

/// <summary>Sums over the numbers of sets, in an order that depends on the size of a set only.</summary>
internal static class SetSums
{
    private const int RowsEach = 64; // that one thread adds up

    internal readonly struct Call<TTerms>(TTerms terms, Sets sets, int lanes, float factor, GradientTarget sums) where TTerms : struct, ITerms
    {
        internal readonly TTerms Terms = terms;
        internal readonly Sets Sets = sets;
        internal readonly int Lanes = lanes;
        internal readonly float Factor = factor;
        internal readonly GradientTarget Sums = sums;
    }

    /// <summary>Stores or adds the sum of each set, times a factor; then, where there are two terms, the sums of the second.</summary>
    internal static void Run<TTerms>(Device device, in TTerms terms, Sets sets, float factor, GradientTarget result) where TTerms : struct, ITerms
    {
        int lanes = sets.Lanes, row = sets.Count * (TTerms.AreTwo ? 2 : 1);
        long length = (long)lanes * row;
        if (lanes == 1)
        {
            device.Run(Add, sets.Count, new Call<TTerms>(terms, sets, lanes, factor, result));
            return;
        }

        ArrayView<float> all = device.Scratch(length + (length / RowsEach)), sums = all.SubView(0, length);
        device.Run(Add, (long)lanes * sets.Count, new Call<TTerms>(terms, sets, lanes, factor, new GradientTarget(sums, adds: false)));
        if (lanes > RowsEach)
        {
            ArrayView<float> fewer = all.SubView(length, length / RowsEach);
            Reductions.AddRows(device, sums, RowsEach, fewer, adds: false);
            (sums, lanes) = (fewer, lanes / RowsEach);
        }

        Reductions.AddRows(device, sums, lanes, result.View.SubView(0, row), result.Adds != 0);
    }

    private static void Add<TTerms>(Index1D i, Call<TTerms> call) where TTerms : struct, ITerms
    {
        int lane = i % call.Lanes, set = i / call.Lanes, pixels = call.Sets.Pixels;
        int sample = lane / pixels, pixel = lane % pixels, samples = call.Lanes / pixels, further = call.Lanes % pixels;
        float first = 0, second = 0;
        while (sample < call.Sets.Samples)
        {
            (float a, float b) = call.Terms.Of(call.Sets.At(set, sample, pixel), set);
            first += a;
            second += b;
            pixel += further;
            sample += samples;
            if (pixel >= pixels)
            {
                pixel -= pixels;
                sample++;
            }
        }

        int sets = call.Sets.Count, at = (lane * sets * (TTerms.AreTwo ? 2 : 1)) + set;
        call.Sums.Store(at, first * call.Factor);
        if (TTerms.AreTwo)
        {
            call.Sums.Store(at + sets, second * call.Factor);
        }
    }
}
