namespace Espalier.Tensors.Tests;

public sealed class CounterRandomTests
{
    private static readonly CounterRandom Random = new CounterRandom(42).Stream("tests");

    [Fact]
    public void The_numbers_are_those_of_SplitMix64_started_at_the_key()
    {
        // Steele, Lea and Flood's generator, written out: the key of seed s is its first output from state s.
        ulong key = SplitMix64(1234567, 1);
        var random = new CounterRandom(1234567);
        for (int i = 0; i < 5; i++)
        {
            Assert.Equal(SplitMix64(key, i + 1), random.Bits((ulong)i));
        }
    }

    [Fact]
    public void The_first_output_of_the_published_generator_is_the_known_one() =>
        Assert.Equal(6457827717110365317UL, SplitMix64(1234567, 1)); // the usual test vector: seed 1234567

    [Fact]
    public void The_numbers_never_change()
    {
        // Models are initialised from these: another number is another model. Computed by the Python twin.
        var random = new CounterRandom(1);
        Assert.Equal("A706DD2F4D197E6F", new CounterRandom(0).Bits(0).ToString("X16"));
        Assert.Equal(
            "5E41AB087439611E DCE423FC82C0D5B8 D023CA781C75E16B 74F5ACC7DE12E1A2 3F401D226CE66A9D",
            $"{random.Bits(0):X16} {random.Bits(ulong.MaxValue):X16} {random.Stream("conv1.weight").Bits(0):X16} {random.Stream("größe").Bits(7):X16} {random.Stream(3UL).Bits(0):X16}");
    }

    [Fact]
    public void Streams_of_other_names_seeds_and_indices_share_no_number()
    {
        var seen = new HashSet<ulong>();
        CounterRandom[] streams = [new(1), new(2), new CounterRandom(1).Stream("a"), new CounterRandom(1).Stream("b"), new CounterRandom(1).Stream(0UL), new CounterRandom(1).Stream("a").Stream("b"), new CounterRandom(1).Stream("b").Stream("a")];
        foreach (CounterRandom stream in streams)
        {
            for (ulong i = 0; i < 10_000; i++)
            {
                Assert.True(seen.Add(stream.Bits(i)), "64-bit numbers of different streams coincide");
            }
        }
    }

    [Fact]
    public void Uniform_numbers_fill_the_unit_interval_evenly()
    {
        const int Count = 1_000_000;
        const int Bins = 100;
        int[] bins = new int[Bins];
        double sum = 0;
        for (ulong i = 0; i < Count; i++)
        {
            double u = Random.Uniform(i);
            Assert.InRange(u, 0, 1 - (1.0 / (1L << 53)));
            bins[(int)(u * Bins)]++;
            sum += u;
        }

        Assert.Equal(0.5, sum / Count, 0.002); // 7 standard errors of √(1/12/n)
        Assert.InRange(ChiSquare(bins, Count), 45, 180); // 99 degrees of freedom: mean 99, deviation 14
    }

    [Fact]
    public void Neighbouring_numbers_are_not_correlated()
    {
        const int Count = 1_000_000;
        double sum = 0;
        for (ulong i = 0; i < Count; i++)
        {
            sum += (Random.Uniform(i) - 0.5) * (Random.Uniform(i + 1) - 0.5);
        }

        Assert.Equal(0, sum / Count, 0.0006); // 7 standard errors of 1/12/√n
    }

    [Fact]
    public void Normal_numbers_have_the_moments_of_a_normal_distribution()
    {
        const int Count = 500_000;
        double[] moments = new double[5];
        for (ulong i = 0; i < Count; i++)
        {
            double value = Random.Normal(i);
            Assert.True(double.IsFinite(value));
            for (int power = 1; power < moments.Length; power++)
            {
                moments[power] += Math.Pow(value, power) / Count;
            }
        }

        Assert.Equal(0, moments[1], 0.01); // 7 standard errors: √(1, 2, 15, 96)/√n
        Assert.Equal(1, moments[2], 0.014);
        Assert.Equal(0, moments[3], 0.039);
        Assert.Equal(3, moments[4], 0.1);
    }

    [Fact]
    public void Whole_numbers_below_a_bound_are_even_and_stay_below()
    {
        int[] bins = new int[7];
        for (ulong i = 0; i < 70_000; i++)
        {
            bins[Random.Below(i, 7)]++;
        }

        Assert.InRange(ChiSquare(bins, 70_000), 0.3, 30); // 6 degrees of freedom
        Assert.Equal(0, Random.Below(5, 1));
        Assert.InRange(Random.Below(5, long.MaxValue), 0, long.MaxValue - 1);
        Assert.Throws<ArgumentOutOfRangeException>(() => Random.Below(0, 0));
    }

    [Fact]
    public void A_range_scales_the_uniform_numbers()
    {
        for (ulong i = 0; i < 100; i++)
        {
            Assert.Equal(-2 + (5 * Random.Uniform(i)), Random.Uniform(i, -2, 3));
        }
    }

    [Fact]
    public void Equal_seeds_and_streams_are_equal()
    {
        Assert.True(new CounterRandom(42).Stream("tests") == Random);
        Assert.True(new CounterRandom(43).Stream("tests") != Random);
        Assert.Equal(Random.GetHashCode(), new CounterRandom(42).Stream("tests").GetHashCode());
        Assert.False(Random.Equals("tests"));
    }

    private static ulong SplitMix64(ulong state, int output)
    {
        ulong z = state + ((ulong)output * 0x9E3779B97F4A7C15);
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }

    private static double ChiSquare(int[] bins, int count)
    {
        double expected = (double)count / bins.Length;
        return bins.Sum(bin => (bin - expected) * (bin - expected) / expected);
    }

    [Theory]
    [InlineData(0.0)]
    [InlineData(0.1)]
    [InlineData(0.5)]
    [InlineData(0.9)]
    [InlineData(1.0)]
    public void A_bernoulli_draw_is_true_as_often_as_its_probability_says(double probability)
    {
        const int Count = 100_000;
        CounterRandom random = new CounterRandom(5).Stream("bernoulli");
        int found = Enumerable.Range(0, Count).Count(i => random.Bernoulli((ulong)i, probability));

        double spread = 4 * Math.Sqrt(probability * (1 - probability) / Count); // four standard deviations; none at all for 0 and 1
        Assert.InRange((double)found / Count, probability - spread, probability + spread);
    }
}
