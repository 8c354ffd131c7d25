using Espalier.Tensors;

namespace Espalier.Data.Tests.Transforms;

/// <summary>What the random parts draw: counts over many draws from a fixed seed, with bounds of five standard deviations or more.</summary>
public class RandomTransformTests
{
    private const int Draws = 4000;
    private static readonly CounterRandom Random = new(5);

    [Fact]
    public void A_flip_happens_as_often_as_it_is_asked_for()
    {
        PixelBuffer original = TestPicture.Of("noise", 4, 2);
        int flipped = Enumerable.Range(0, Draws).Count(i => !Apply(new RandomHorizontalFlip(0.3), original, i).Pixels.SequenceEqual(original.Pixels));

        Assert.InRange(flipped, 0.26 * Draws, 0.34 * Draws); // ± 5.5 deviations of a binomial
    }

    [Fact]
    public void Randaugment_is_a_value_that_says_what_it_chooses_from()
    {
        RandAugment some = new(3, 5) { Operations = [AugmentOperation.Rotate, AugmentOperation.Equalize] };

        Assert.Equal(new RandAugment(), new RandAugment());
        Assert.Equal(new RandAugment().GetHashCode(), new RandAugment().GetHashCode());
        Assert.NotEqual(some, some with { Operations = [AugmentOperation.Rotate] });
        Assert.Equal("RandAugment { Count = 3, Magnitude = 5, Operations = Rotate Equalize }", some.ToString());
    }

    [Fact]
    public void A_crop_lies_at_every_place_equally_often()
    {
        PixelBuffer original = TestPicture.Of("noise", 6, 5);
        var crop = new RandomCrop(5, 5, 1);
        var counts = new Dictionary<string, int>();
        for (int i = 0; i < Draws; i++)
        {
            string found = Convert.ToHexString(Apply(crop, original, i).Pixels);
            counts[found] = counts.GetValueOrDefault(found) + 1;
        }

        Assert.Equal(4 * 3, counts.Count); // 6 + 2 − 5 + 1 columns, 5 + 2 − 5 + 1 rows
        Assert.All(counts.Values, count => Assert.InRange(count, Draws / 12.0 * 0.7, Draws / 12.0 * 1.3));
    }

    [Fact]
    public void A_crop_larger_than_the_padded_image_is_refused()
    {
        string message = Assert.Throws<EspalierException>(() => Apply(RandomCrop.Square(32, 4), TestPicture.Of("noise", 20, 40), 0)).Message;
        Assert.Contains("20x40 pixels, too few for a crop of 32x32", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(500, 375)]
    [InlineData(32, 32)]
    [InlineData(40, 200)]
    public void A_random_resized_crop_keeps_to_its_area_and_ratio_and_covers_both(int width, int height)
    {
        var crop = RandomResizedCrop.Square(224);
        (double Area, double Ratio)[] found = [.. Enumerable.Range(0, Draws).Select(i =>
        {
            (int left, int top, int w, int h) = crop.Rectangle(width, height, Random.Stream((ulong)i));
            Assert.True(left >= 0 && top >= 0 && w > 0 && h > 0 && left + w <= width && top + h <= height, $"draw {i}: {w}x{h} at ({left}, {top})");
            return (w * (double)h / (width * height), w / (double)h);
        })];

        double rounding = 1.0 / Math.Min(width, height);
        Assert.All(found, one => Assert.InRange(one.Area, 0.08 * (1 - (6 * rounding)), 1));
        Assert.All(found, one => Assert.InRange(one.Ratio, 0.75 * (1 - (6 * rounding)), 4.0 / 3 * (1 + (6 * rounding))));
        Assert.True(found.Min(one => one.Area) < 0.1 && found.Max(one => one.Area) > 0.15);
        Assert.True(found.Min(one => one.Ratio) < 0.8 && found.Max(one => one.Ratio) > 1.25);
    }

    [Theory]
    [InlineData(10, 1000, 0, 493, 10, 13)] // 10 / (3/4) = 13.3
    [InlineData(1000, 10, 493, 0, 13, 10)] // 10 · 4/3 = 13.3
    [InlineData(100, 100, 0, 0, 100, 100)]
    public void Where_no_rectangle_fits_it_is_the_largest_one_in_the_middle(int width, int height, int left, int top, int cropWidth, int cropHeight)
    {
        var impossible = RandomResizedCrop.Square(8) with { Area = (2, 3) };
        Assert.Equal((left, top, cropWidth, cropHeight), impossible.Rectangle(width, height, Random));
    }

    [Fact]
    public void Erased_rectangles_keep_to_their_area_and_blank_all_channels()
    {
        var erasing = new RandomErasing(0.25);
        int erased = 0;
        for (int i = 0; i < Draws; i++)
        {
            float[] input = new float[3 * 20 * 24];
            Array.Fill(input, 1);
            erasing.Apply(input, [3, 20, 24], Random.Stream((ulong)i));
            int[] blank = [.. Enumerable.Range(0, 3).Select(c => input.AsSpan(c * 480, 480).Count(0f))];
            Assert.True(blank[0] == blank[1] && blank[1] == blank[2], $"draw {i}");
            Assert.InRange(blank[0], 0, 0.33 * 480 * 1.2);
            erased += blank[0] > 0 ? 1 : 0;
        }

        Assert.InRange(erased, 0.21 * Draws, 0.29 * Draws);
    }

    [Fact]
    public void Erasing_with_noise_writes_normal_numbers()
    {
        float[] input = new float[64 * 64];
        new RandomErasing(1) { Noise = true, Area = (0.3, 0.33) }.Apply(input, [1, 64, 64], Random);
        float[] noise = [.. input.Where(value => value != 0)];

        Assert.InRange(noise.Length, 1000, 1600);
        Assert.InRange(noise.Average(), -0.16, 0.16);
        Assert.InRange(noise.Average(value => value * value), 0.8, 1.2);
    }

    [Fact]
    public void Jitter_changes_only_what_it_is_told_to_and_within_its_range()
    {
        PixelBuffer gray = TestPicture.Of("flat", 2, 2);
        gray.Pixels.Fill(100);
        byte[] found = [.. Enumerable.Range(0, Draws).Select(i => Apply(new ColorJitter(Brightness: 0.4), gray, i).Pixels[0])];

        Assert.Equal((60, 139), (found.Min(), found.Max())); // truncated
        Assert.InRange(found.Average(value => value), 98, 101);
        Assert.True(Apply(new ColorJitter(), TestPicture.Of("noise", 8, 8), 3).Pixels.SequenceEqual(TestPicture.Of("noise", 8, 8).Pixels));
        Assert.True(Apply(new ColorJitter(Saturation: 0.9, Hue: 0.5), gray, 3).Pixels.SequenceEqual(gray.Pixels)); // gray has neither
    }

    [Fact]
    public void Jitter_works_in_every_order()
    {
        PixelBuffer original = TestPicture.Of("smooth", 16, 16);
        var jitter = new ColorJitter(0.8, 0.8, 0.8, 0.2);
        int different = Enumerable.Range(0, 100).Select(i => Convert.ToHexString(Apply(jitter, original, i).Pixels)).Distinct().Count();

        Assert.Equal(100, different);
    }

    [Fact]
    public void RandAugment_uses_every_operation_and_both_signs()
    {
        PixelBuffer original = TestPicture.Of("smooth", 24, 24);
        string[] possible = [.. Enum.GetValues<AugmentOperation>().SelectMany(_ => new[] { false, true }, (operation, negative) =>
        {
            PixelBuffer copy = Copy(original);
            RandAugment.Apply(copy, operation, 9, negative);
            return Convert.ToHexString(copy.Pixels);
        })];
        HashSet<string> found = [.. Enumerable.Range(0, 1000).Select(i => Convert.ToHexString(Apply(new RandAugment(1), original, i).Pixels))];

        Assert.Equal(possible.Order().Distinct(), found.Order());
        Assert.Throws<ArgumentOutOfRangeException>(() => Apply(new RandAugment(1, 31), original, 0));
    }

    private static PixelBuffer Apply(IImageTransform transform, PixelBuffer original, int draw)
    {
        PixelBuffer copy = Copy(original);
        transform.Apply(copy, Random.Stream((ulong)draw));
        return copy;
    }

    private static PixelBuffer Copy(PixelBuffer original)
    {
        var copy = new PixelBuffer();
        original.Pixels.CopyTo(copy.Reset(original.Width, original.Height));
        return copy;
    }
}
