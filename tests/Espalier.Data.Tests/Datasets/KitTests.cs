using Espalier.Imaging;
using Espalier.Testing;

namespace Espalier.Data.Tests.Datasets;

/// <summary>The real data sets, with numbers that their users know.</summary>
public class KitTests
{
    [Fact]
    public void Cifar_10_has_its_classes_and_colours()
    {
        IDataset test = DataSource.OpenForEvaluation(Kit.Path("cifar10"));

        Assert.Equal(10_000, test.Count);
        Assert.Equal([3, 8, 8, 0, 6, 6, 1, 6, 3, 1], Enumerable.Range(0, 10).Select(test.LabelOf)); // cat, ship, ship, airplane, frog, …
        Assert.All(Enumerable.Range(0, test.Count).CountBy(test.LabelOf), count => Assert.Equal(1000, count.Value));
        (double[] mean, _) = Moments(test);
        Assert.Equal([0.4942, 0.4851, 0.4504], mean.Select(value => Math.Round(value, 4)));
    }

    [Fact]
    public void Cifar_10_to_learn_from_is_all_but_the_test_file()
    {
        TrainingData data = DataSource.Open(Kit.Path("cifar10"));

        Assert.Equal((50_000, 10_000), (data.Training.Count, data.Validation.Count));
        Assert.Equal([6, 9, 9, 4, 1], Enumerable.Range(0, 5).Select(data.Training.LabelOf)); // frog, truck, truck, deer, automobile
    }

    [Fact]
    public void Mnist_has_its_digits_and_its_mean_and_deviation()
    {
        TrainingData data = DataSource.Open(Kit.Path("mnist"));
        (double[] mean, double[] deviation) = Moments(data.Training);

        Assert.Equal((60_000, 10_000, "1x28x28"), (data.Training.Count, data.Validation.Count, data.Training.SampleShape.ToString()));
        Assert.Equal([5, 0, 4, 1, 9, 2, 1, 3, 1, 4], Enumerable.Range(0, 10).Select(data.Training.LabelOf));
        Assert.Equal([7, 2, 1, 0, 4, 1, 4, 9, 5, 9], Enumerable.Range(0, 10).Select(data.Validation.LabelOf));
        Assert.Equal((0.1307, 0.3081), (Math.Round(mean[0], 4), Math.Round(deviation[0], 4)));
        Assert.Equal("3", data.Training.Labels[3]);
    }

    private static (double[] Mean, double[] Deviation) Moments(IDataset data)
    {
        double[] sum = new double[Image.Channels], squares = new double[Image.Channels];
        var pixels = new PixelBuffer();
        double count = 0;
        for (int i = 0; i < data.Count; i++)
        {
            data.Read(i, pixels);
            ReadOnlySpan<byte> all = pixels.Pixels;
            count += all.Length / Image.Channels;
            for (int at = 0; at < all.Length; at++)
            {
                double value = all[at] / 255.0;
                sum[at % Image.Channels] += value;
                squares[at % Image.Channels] += value * value;
            }
        }

        double[] mean = [.. sum.Select(value => value / count)];
        return (mean, [.. squares.Zip(mean, (square, m) => Math.Sqrt((square / count) - (m * m)))]);
    }
}
