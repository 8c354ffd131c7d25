using System.Security.Cryptography;

namespace Espalier.Data.Tests.Datasets;

public class GeneratedShapesTests
{
    [Fact]
    public void Pictures_depend_on_seed_and_index_alone()
    {
        Assert.Equal(Hash(new GeneratedShapes(50), 7), Hash(new GeneratedShapes(8), 7));
        Assert.NotEqual(Hash(new GeneratedShapes(50), 7), Hash(new GeneratedShapes(50), 17));
        Assert.NotEqual(Hash(new GeneratedShapes(50), 7), Hash(new GeneratedShapes(50, seed: 1), 7));
    }

    [Fact]
    public void Pictures_are_the_same_on_every_machine()
    {
        var data = new GeneratedShapes(100, 24, 3);
        Assert.Equal("38fb3719dbc790ecdf57f074002f1b6c", Hash(data, [.. Enumerable.Range(0, 100)])[..32]); // also without SIMD
    }

    [Theory]
    [InlineData(8)]
    [InlineData(33)]
    [InlineData(96)]
    public void Any_size_can_be_drawn(int side)
    {
        var data = new GeneratedShapes(10, side);
        var pixels = new PixelBuffer();
        for (int i = 0; i < data.Count; i++)
        {
            data.Read(i, pixels);
            Assert.Equal((side, side), (pixels.Width, pixels.Height));
            Assert.True(pixels.Pixels.ToArray().Distinct().Count() > 8, $"sample {i} is blank");
        }
    }

    [Fact]
    public void Classes_take_turns()
    {
        var data = new GeneratedShapes(20);
        Assert.Equal(["disc", "ring", "square", "triangle", "cross", "star", "crescent", "heart", "arrow", "hourglass"], data.Labels);
        Assert.Equal([.. Enumerable.Range(0, 10), .. Enumerable.Range(0, 10)], Enumerable.Range(0, 20).Select(data.LabelOf));
    }

    [Fact]
    public void A_linear_classifier_of_pixels_stays_under_half_although_it_learns_its_samples()
    {
        var data = DataSource.Open("shapes", DataSourceOptions.Default with { GeneratedTraining = 3000, GeneratedValidation = 1000, GeneratedSide = 32 });
        var classifier = new LinearClassifier(3 * 32 * 32, 10);
        classifier.Train(data.Training, epochs: 8, rate: 0.003f);
        double learnt = classifier.Accuracy(data.Training), held = classifier.Accuracy(data.Validation);

        Assert.True(learnt > 0.4, $"only {learnt:P1} of its own samples: it has not learnt, so the rest would say nothing");
        Assert.True(held < 0.5, $"{held:P1} of the others: too easy");
    }

    private static string Hash(GeneratedShapes data, params int[] indices)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var pixels = new PixelBuffer();
        foreach (int index in indices)
        {
            data.Read(index, pixels);
            hash.AppendData(pixels.Pixels);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
