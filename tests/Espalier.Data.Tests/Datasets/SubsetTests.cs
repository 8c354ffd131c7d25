namespace Espalier.Data.Tests.Datasets;

public class SubsetTests
{
    private readonly GeneratedShapes _data = new(30, 8);

    [Fact]
    public void A_split_shares_no_sample_and_keeps_the_order()
    {
        (Subset larger, Subset smaller) = Subset.Split(_data, 0.2, 4);
        int[] Places(Subset part) => [.. Enumerable.Range(0, part.Count).Select(i => int.Parse(part.NameOf(i).Split('[', ']')[1], null))];

        Assert.Equal((24, 6), (larger.Count, smaller.Count));
        Assert.Equal(Enumerable.Range(0, 30), Places(larger).Concat(Places(smaller)).Order());
        Assert.Equal(Places(larger).Order(), Places(larger));
        Assert.NotEqual(Places(smaller), Places(Subset.Split(_data, 0.2, 5).Smaller));
        Assert.Equal(29, Subset.Split(_data, 0, 4).Larger.Count);
        Assert.Throws<ArgumentException>(() => Subset.Split(new GeneratedShapes(1), 0.5, 4));
        Assert.Throws<ArgumentOutOfRangeException>("share", () => Subset.Split(_data, double.NaN, 4));
        Assert.Throws<ArgumentOutOfRangeException>("share", () => Subset.Split(_data, 2, 4));
    }

    [Fact]
    public void A_subset_passes_everything_on()
    {
        var subset = new Subset(_data, [12, 5]);
        PixelBuffer here = new(), there = new();
        subset.Read(1, here);
        _data.Read(5, there);

        Assert.Equal((2, 5, _data.NameOf(12), _data.SampleShape), (subset.Count, subset.LabelOf(1), subset.NameOf(0), subset.SampleShape));
        Assert.True(here.Pixels.SequenceEqual(there.Pixels));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Subset(_data, [30]));
        Assert.Same(_data, Subset.First(_data, 99));
        Assert.Equal(3, Subset.First(_data, 3).Count);
    }

    [Fact]
    public void Joined_data_sets_follow_each_other()
    {
        var joined = new JoinedDataset(new Subset(_data, [3]), new Subset(_data, []), new Subset(_data, [8, 9]));

        Assert.Equal([3, 8, 9], Enumerable.Range(0, joined.Count).Select(joined.LabelOf));
        Assert.Equal(_data.SampleShape, joined.SampleShape);
        Assert.Null(new JoinedDataset(_data, new GeneratedShapes(1, 9)).SampleShape);
        Assert.Throws<ClassMismatchException>(() => new JoinedDataset(_data, new NamedDataset([.. _data.Labels.Reverse()], 0)));
    }
}
