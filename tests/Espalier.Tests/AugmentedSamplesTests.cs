using Espalier.Data;
using Espalier.Graphs;
using Espalier.Imaging;
using Espalier.Tensors;
using Espalier.Training;

namespace Espalier.Tests;

/// <summary>The images that a page shows of a training are those that the network gets.</summary>
public sealed class AugmentedSamplesTests : IDisposable
{
    private const int Batch = 8;
    private const int Count = 6;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("none", 0, 0, 1)]
    [InlineData("crop,flip,jitter,erase", 0, 0, 1)]
    [InlineData("crop,flip", 0.4, 0, 1)]
    [InlineData("randaugment", 0, 1, 1)]
    [InlineData("flip", 0.4, 1, 1)]
    [InlineData("crop,flip", 0, 0, 2)]
    [InlineData("flip", 0.4, 1, 2)]
    public void They_are_the_first_images_of_each_epoch(string augmentation, double mixup, double cutMix, int parts)
    {
        var seen = new RecordingObjective();
        var options = new ImageTrainingOptions
        {
            Training = new TrainingOptions { Epochs = 3, Threads = 1, Seed = 7, Objective = seen, Parallel = parts > 1 ? new DataParallel { Parts = parts } : null, Mixing = new Mixing { MixupAlpha = mixup, CutMixAlpha = cutMix } },
            Augmentation = Augmentation.Parse(augmentation),
            Batch = Batch,
        };
        var training = ImageTraining.FromScratch("cifar_resnet8", TinyData.WriteCifar(_folder, 40), options);
        IReadOnlyList<AugmentedSample>[] samples;
        int steps;
        using (TrainingSession session = training.Begin(null))
        {
            AugmentedSamples made = session.Samples;
            session.Run(null, TestContext.Current.CancellationToken);
            samples = [.. Enumerable.Range(0, 3).Select(epoch => made.Read(epoch, Count))];
            steps = session.Data.BatchesPerEpoch;
        }

        Normalization normalization = training.Model.Metadata.Preprocessing!.Normalization;
        for (int epoch = 0; epoch < 3; epoch++)
        {
            (float[] images, float[] targets) = seen.Steps[epoch * steps * parts];
            int part = Batch / parts, length = images.Length / part, classes = targets.Length / part, count = Math.Min(Count, part);
            Assert.Equal(mixup + cutMix > 0 ? count : Count, samples[epoch].Count);
            for (int i = 0; i < count; i++)
            {
                Image expected = InputImage.Of(images.AsSpan(i * length, length), [3, 32, 32], normalization);
                Assert.Equal(expected.Pixels.ToArray(), samples[epoch][i].Image.Pixels.ToArray());
                var classesOf = samples[epoch][i].Classes.ToDictionary(each => each.Label, each => each.Fraction);
                Assert.Equal(targets.Skip(i * classes).Take(classes).Where(value => value > 0).Order(), classesOf.Values.Select(value => (float)value).Order());
                Assert.All(classesOf, each => Assert.Equal(each.Value, targets[(i * classes) + training.Model.Metadata.Labels.ToList().IndexOf(each.Key)]));
            }
        }

        Assert.NotEqual(samples[0][0].Image.Pixels.ToArray(), samples[1][0].Image.Pixels.ToArray());
        if (mixup + cutMix > 0)
        {
            Assert.Contains(samples.SelectMany(each => each), sample => sample.Classes.Count == 2);
        }
    }

    [Fact]
    public void An_image_that_cannot_be_read_is_left_out_or_named_as_the_training_does()
    {
        string data = TinyData.WriteFolders(_folder, 40);
        foreach (string file in Directory.GetFiles(data, "*.png", SearchOption.AllDirectories))
        {
            File.WriteAllText(file, "no image");
        }

        File.Copy(Write(TinyData.Picture(1)), Directory.GetFiles(data, "*.png", SearchOption.AllDirectories).Order(StringComparer.Ordinal).First(), overwrite: true);
        var options = new ImageTrainingOptions { Training = new TrainingOptions { Epochs = 1, Threads = 1 }, Batch = Batch, Side = 32, Augmentation = Augmentation.None, ValidationShare = 0.1 };
        using TrainingSession skips = ImageTraining.FromScratch("cifar_resnet8", data, options with { Unreadable = UnreadableSamples.Skip }).Begin(null);
        Assert.InRange(skips.Samples.Read(0, 100).Count, 0, 1);
        using TrainingSession stops = ImageTraining.FromScratch("cifar_resnet8", data, options with { Unreadable = UnreadableSamples.Stop }).Begin(null);
        Assert.Contains(".png", Assert.Throws<EspalierException>(() => stops.Samples.Read(0, 1)).Message, StringComparison.Ordinal);
        Assert.Empty(skips.UnreadableTraining); // of the training itself nothing is read
    }

    private string Write(Image image)
    {
        string path = _folder.File("image.png");
        PngEncoder.Save(image, path);
        return path;
    }

    /// <summary>The cross-entropy, which keeps images and targets of every step.</summary>
    private sealed class RecordingObjective : IObjective
    {
        private readonly CrossEntropy _inner = new();

        internal List<(float[] Images, float[] Targets)> Steps { get; } = [];

        public ValueList<LineageSetting> Settings => ((IObjective)_inner).Settings;

        public double Compute(ObjectiveBatch batch, Span<float> gradient)
        {
            Steps.Add((batch.Images.Read<float>().ToArray(), batch.Targets.Probabilities.ToArray()));
            return _inner.Compute(batch, gradient);
        }
    }
}
