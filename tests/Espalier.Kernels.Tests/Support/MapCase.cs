using Espalier.Tensors;

namespace Espalier.Kernels.Tests;

/// <summary>A map to try a kernel on.</summary>
internal sealed record MapCase(string Name, int Batch, int Channels, int Height, int Width, Padding Input, Padding Output)
{
    private static readonly Padding Uneven = new(1, 2, 3, 0);
    private static readonly Padding Other = new(0, 1, 0, 4);

    private static int RandomCases => Environment.GetEnvironmentVariable("ESPALIER_LONG") == "1" ? 2000 : 40;

    /// <summary>Named awkward shapes, then seeded random ones: 2,000 where <c>ESPALIER_LONG</c> is 1.</summary>
    internal static IEnumerable<MapCase> All =>
    [
        new("one number", 1, 1, 1, 1, Padding.None, Padding.None),
        new("one number with borders", 1, 1, 1, 1, Uneven, Other),
        new("an image", 1, 3, 9, 7, Padding.None, new(3, 3, 3, 3)),
        new("15 channels", 2, 15, 4, 5, Uneven, Uneven),
        new("16 channels", 2, 16, 4, 5, Other, Uneven),
        new("17 channels", 3, 17, 3, 6, Uneven, Padding.None),
        new("33 channels, one column", 2, 33, 11, 1, Uneven, Other),
        new("one row", 1, 20, 1, 19, Padding.None, Uneven),
        new("a vector", 3, 129, 1, 1, Padding.None, Padding.None),
        new("7x7 of a network", 1, 64, 7, 7, new(1, 1, 1, 1), new(1, 1, 1, 1)),
        .. Enumerable.Range(0, RandomCases).Select(i => Random((ulong)i)),
    ];

    /// <summary>Every supported vector width, as test data.</summary>
    public static TheoryData<int> Lanes => [.. InstructionSet.All.Where(set => set.IsSupported).Select(set => set.Lanes)];

    internal ulong Seed => (ulong)Name.Length + (ulong)(Channels * 1000) + (ulong)Height;

    internal BlockedLayout InputLayout(int lanes) => new(Channels, Height, Width, lanes, Input);

    internal BlockedLayout OutputLayout(int lanes) => new(Channels, Height, Width, lanes, Output);

    private static MapCase Random(ulong seed)
    {
        CounterRandom random = new CounterRandom(seed).Stream("map");
        int Pick(ulong index, int from, int to) => from + (int)random.Below(index, to - from + 1);
        var input = new Padding(Pick(0, 0, 2), Pick(1, 0, 3), Pick(2, 0, 2), Pick(3, 0, 2));
        var output = new Padding(Pick(4, 0, 2), Pick(5, 0, 3), Pick(6, 0, 2), Pick(7, 0, 2));
        return new MapCase($"random, seed {seed}", Pick(8, 1, 3), Pick(9, 1, 40), Pick(10, 1, 12), Pick(11, 1, 12), input, output);
    }
}
