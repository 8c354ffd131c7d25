namespace Espalier.Tensors.Tests;

public sealed class ShapeTests
{
    [Fact]
    public void A_shape_has_its_extents_in_order_and_counts_their_product()
    {
        Shape shape = [64, 3, 7, 5];
        Assert.Equal(4, shape.Rank);
        Assert.Equal([64, 3, 7, 5], shape.Extents);
        Assert.Equal(64 * 3 * 7 * 5, shape.Count);
        Assert.Equal(3, shape[1]);
        Assert.Equal(5, shape[-1]);
        Assert.Equal(64, shape[-4]);
    }

    [Theory]
    [InlineData(4)]
    [InlineData(-5)]
    public void An_axis_that_is_not_there_is_refused(int axis)
    {
        Shape shape = [64, 3, 7, 5];
        Assert.Throws<IndexOutOfRangeException>(() => shape[axis]);
    }

    [Fact]
    public void A_scalar_has_no_extents_and_one_element_and_is_the_default()
    {
        Shape scalar = [];
        Assert.Equal(0, scalar.Rank);
        Assert.Equal(1, scalar.Count);
        Assert.Equal(default, scalar);
        Assert.Equal("scalar", default(Shape).ToString());
    }

    [Fact]
    public void Equality_is_by_extents()
    {
        Shape shape = [2, 3];
        Assert.True(shape == Shape.Of(2, 3));
        Assert.Equal(shape.GetHashCode(), Shape.Of(2, 3).GetHashCode());
        Assert.True(shape != Shape.Of(3, 2));
        Assert.False(shape.Equals((object)Shape.Of(2, 3, 1)));
        Assert.False(shape.Equals(null));
    }

    [Fact]
    public void A_batch_axis_comes_and_goes()
    {
        Shape sample = [3, 8, 9];
        Assert.Equal(Shape.Of(16, 3, 8, 9), sample.Prepend(16));
        Assert.Equal(sample, sample.Prepend(16).WithoutFirst());
        Assert.Throws<ArgumentOutOfRangeException>(() => sample.Prepend(-1));
        Assert.Throws<ArgumentOutOfRangeException>(() => default(Shape).WithoutFirst());
    }

    [Fact]
    public void A_negative_extent_is_refused() => Assert.Throws<ArgumentOutOfRangeException>(() => Shape.Of(3, -1));

    [Fact]
    public void A_count_beyond_63_bits_throws_instead_of_wrapping()
    {
        Shape largest = [int.MaxValue, int.MaxValue];
        Assert.Equal((long)int.MaxValue * int.MaxValue, largest.Count);
        Assert.Throws<OverflowException>(() => largest.Prepend(int.MaxValue).Count);
    }

    [Fact]
    public void It_reads_as_the_papers_write_it() => Assert.Equal("64x56x56", Shape.Of(64, 56, 56).ToString());

    [Fact]
    public void Its_extents_can_be_enumerated()
    {
        var seen = new List<int>();
        foreach (int extent in Shape.Of(4, 0, 2))
        {
            seen.Add(extent);
        }

        Assert.Equal([4, 0, 2], seen);
    }
}
