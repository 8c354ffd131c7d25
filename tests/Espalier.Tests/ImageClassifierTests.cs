using Espalier.Formats;
using Espalier.Graphs;
using Espalier.Imaging;
using Espalier.Models;
using Espalier.Tensors;

namespace Espalier.Tests;

public sealed class ImageClassifierTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _model;
    private readonly string _photo;

    public ImageClassifierTests()
    {
        _model = TinyData.WriteModel(_folder);
        _photo = _folder.File("photo.png");
        PngEncoder.Save(TinyData.Picture(1), _photo);
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_photograph_is_the_same_from_wherever_it_comes()
    {
        using ImageClassifier classifier = ImageClassifier.Load(_model);
        Prediction[] expected = classifier.Classify(_photo);
        Image image = TinyData.Picture(1);

        Assert.Equal(5, expected.Length);
        Assert.Equal(expected.OrderByDescending(prediction => prediction.Probability), expected);
        Assert.All(expected, prediction => Assert.Equal(classifier.Labels[prediction.Class], prediction.Label));
        using FileStream stream = File.OpenRead(_photo);
        Assert.Equal(expected, classifier.Classify(stream));
        Assert.Equal(expected, classifier.Classify(File.ReadAllBytes(_photo)));
        Assert.Equal(expected, classifier.Classify(new ReadOnlyMemory<byte>(File.ReadAllBytes(_photo))));
        Assert.Equal(expected, classifier.Classify(image));
        Assert.Equal(expected, classifier.Classify(image.Pixels.Span, image.Width, image.Height));
        Assert.Equal(expected[..2], classifier.Classify(_photo, top: 2));
    }

    [Fact]
    public void Bytes_that_are_no_image_are_refused_without_an_exception()
    {
        using ImageClassifier classifier = ImageClassifier.Load(_model);
        Assert.True(classifier.TryClassify(File.ReadAllBytes(_photo), out Prediction[]? predictions, out string? error, top: 3));
        Assert.Equal(classifier.Classify(_photo, 3), predictions);
        Assert.Null(error);

        Assert.False(classifier.TryClassify(File.ReadAllBytes(_photo).AsMemory(0, 40), out predictions, out error));
        Assert.Null(predictions);
        Assert.Equal(Assert.Throws<MalformedInputException>(() => classifier.Classify(File.ReadAllBytes(_photo)[..40])).Message, error);
    }

    [Fact]
    public async Task Many_photographs_have_the_answers_of_single_ones_and_a_broken_one_says_so()
    {
        string photos = Directory.CreateDirectory(_folder.File("photos")).FullName;
        for (int i = 0; i < 20; i++)
        {
            PngEncoder.Save(TinyData.Picture(i), Path.Combine(photos, $"{i:D2}.png"));
        }

        File.WriteAllText(Path.Combine(photos, "07.png"), "no picture");
        using ImageClassifier classifier = ImageClassifier.Load(_model, new ImageClassifierOptions { Batch = 3, Threads = 2 });
        var done = new List<int>();

        IReadOnlyList<ClassifiedImage> many = await classifier.ClassifyAllAsync([photos], top: 3, new Recorder(done), TestContext.Current.CancellationToken);

        Assert.Equal(20, many.Count);
        Assert.Equal([1, 2, 3, 4, 5, 6, 8, 9, .. Enumerable.Range(10, 11)], done); // the broken one counts with its batch
        Assert.Contains("neither a JPEG nor a PNG", many[7].Error, StringComparison.Ordinal);
        Assert.All(many.Where((_, i) => i != 7), image => Assert.Equal(classifier.Classify(image.Name, 3), image.Predictions));
        Assert.Equal(many[3].Predictions, classifier.ClassifyAll([TinyData.Picture(3)], top: 3, cancellation: TestContext.Current.CancellationToken)[0].Predictions);
    }

    [Fact]
    public void Progress_reaches_the_total_where_the_last_images_cannot_be_read()
    {
        string data = TinyData.WriteFolders(_folder, 20);
        foreach (string photo in Directory.GetFiles(Directory.GetDirectories(data).Order(StringComparer.Ordinal).Last()))
        {
            File.WriteAllText(photo, "no picture");
        }

        using ImageClassifier classifier = ImageClassifier.Load(_model, new ImageClassifierOptions { Batch = 2 });
        (List<int> classified, List<int> evaluated) = ([], []);
        Assert.Equal(2, classifier.ClassifyAll([data], progress: new Recorder(classified), cancellation: TestContext.Current.CancellationToken).Count(image => image.Error is not null));
        ClassificationReport report = classifier.Evaluate(data, progress: new Recorder(evaluated), cancellation: TestContext.Current.CancellationToken);

        Assert.Equal((18, 2), (report.Count, report.Unreadable.Count));
        Assert.Equal([.. Enumerable.Range(1, 18), 20], classified);
        Assert.Equal(classified, evaluated);
    }

    [Fact]
    public void An_upload_that_cannot_be_preprocessed_is_no_image_either()
    {
        Model model = TinyData.Model();
        using var classifier = new ImageClassifier(model.With(model.Metadata with { Preprocessing = new Preprocessing() })); // which takes images of the network's size only
        string wide = _folder.File("wide.png");
        PngEncoder.Save(new Image(40, 20, new byte[40 * 20 * 3]), wide);

        Assert.False(classifier.TryClassify(File.ReadAllBytes(wide), out Prediction[]? none, out string? error));
        Assert.Null(none);
        Assert.Contains("3x20x40", error, StringComparison.Ordinal);
        Assert.True(classifier.TryClassify(File.ReadAllBytes(_photo), out Prediction[]? predictions, out error));
        Assert.Equal(classifier.Classify(_photo), predictions);
    }

    [Fact]
    public void A_cancelled_run_ends()
    {
        using ImageClassifier classifier = ImageClassifier.Load(_model);
        using var cancellation = new CancellationTokenSource();
        cancellation.Cancel();
        Assert.ThrowsAny<OperationCanceledException>(() => classifier.ClassifyAll([_photo], cancellation: cancellation.Token));
        Assert.ThrowsAny<OperationCanceledException>(() => classifier.Evaluate(TinyData.WriteCifar(_folder, 5), cancellation: cancellation.Token));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Running_into_a_span_allocates_nothing_once_it_has_run(int threads)
    {
        using ImageClassifier classifier = ImageClassifier.Load(_model, new ImageClassifierOptions { Threads = threads });
        float[] input = new float[2 * classifier.InputShape.Count], output = new float[2 * classifier.ClassCount];
        input.AsSpan().Fill(0.5f);
        for (int i = 0; i < 50; i++)
        {
            classifier.Run(input, output);
        }

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 20; i++)
        {
            classifier.Run(input, output);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void Running_into_a_span_gives_the_logits_of_the_photograph()
    {
        using ImageClassifier classifier = ImageClassifier.Load(_model);
        Tensor input = Data.InputPipeline.Of(classifier.Model).Run(TinyData.Picture(1));
        float[] logits = new float[classifier.ClassCount];

        classifier.Run(input.Read<float>(), logits);

        Assert.All(classifier.Classify(_photo, 10), prediction => Assert.Equal(prediction.Logit, logits[prediction.Class]));
        Assert.Throws<ArgumentException>(() => classifier.Run(input.Read<float>()[1..], logits));
        Assert.Throws<ArgumentException>(() => classifier.Run(input.Read<float>(), logits.AsSpan(1)));
    }

    [Fact]
    public void Several_classifiers_share_threads_and_many_callers_a_classifier()
    {
        using var workers = new WorkerPool(2);
        var options = new ImageClassifierOptions { Workers = workers };
        using ImageClassifier first = ImageClassifier.Load(_model, options), second = ImageClassifier.Load(_model, options);
        Prediction[] expected = first.Classify(_photo);

        Parallel.For(0, 40, i => Assert.Equal(expected, (i % 2 == 0 ? first : second).Classify(_photo)));

        second.Dispose();
        Assert.Equal(expected, first.Classify(_photo)); // the threads are the caller's
    }

    [Fact]
    public void What_a_model_lacks_is_said_and_not_guessed()
    {
        Model known = TinyData.Model();
        string bare = _folder.File("bare.espalier");
        ModelFile.Write(bare, known.With(known.Metadata with { Preprocessing = null, Labels = [] }));

        Assert.Contains("does not say how images become inputs: give it a Preprocessing", Assert.Throws<EspalierException>(() => ImageClassifier.Load(bare)).Message, StringComparison.Ordinal);
        Assert.Contains("does not say how images become inputs", Assert.Throws<EspalierException>(() => ImageTraining.FineTune(ModelSource.Load(bare), "shapes")).Message, StringComparison.Ordinal);
        using ImageClassifier classifier = ImageClassifier.Load(new ModelSource(bare) { Preprocessing = known.Metadata.Preprocessing });
        Assert.Empty(classifier.Labels);
        Assert.All(classifier.Classify(_photo), prediction => Assert.Equal($"{prediction.Class}", prediction.Label));
        using ImageClassifier named = ImageClassifier.Load(new ModelSource(bare) { Preprocessing = known.Metadata.Preprocessing, Labels = known.Metadata.Labels });
        using ImageClassifier original = ImageClassifier.Load(_model);
        Assert.Equal(original.Classify(_photo), named.Classify(_photo));
    }

    [Fact]
    public void A_network_without_weights_is_refused_unless_random_ones_are_asked_for()
    {
        Assert.Contains("is a network without weights", Assert.Throws<EspalierException>(() => ImageClassifier.Load("resnet18")).Message, StringComparison.Ordinal);
        Assert.Contains("resnet18", Assert.Throws<EspalierException>(() => ImageClassifier.Load("resnet81")).Message, StringComparison.Ordinal);
        using ImageClassifier random = ImageClassifier.Load(new ModelSource(TinyData.Network) { Seed = 1 });
        using ImageClassifier written = ImageClassifier.Load(_model);
        Assert.Equal(written.Classify(_photo), random.Classify(_photo));
        Assert.Equal((false, true), (new ModelSource(TinyData.Network) { Seed = 1 }.HasTrainedWeights, new ModelSource(_model).HasTrainedWeights));
    }

    [Fact]
    public void A_checkpoint_is_loaded_with_its_network_and_labels_from_a_file()
    {
        string weights = _folder.File("weights.pth"), labels = _folder.File("labels.txt");
        TinyData.Model(classes: 3).Save(weights);
        File.WriteAllLines(labels, ["a", "b", "c"]);
        using ImageClassifier classifier = ImageClassifier.Load(new ModelSource(TinyData.Network) { Weights = weights, LabelsFile = labels });
        Assert.Equal(["a", "b", "c"], classifier.Labels);
        Assert.Equal(3, classifier.Classify(_photo).Length);
        File.AppendAllText(labels, "d\n");
        Assert.Contains("found 4 labels, but the network has 3 outputs", Assert.Throws<EspalierException>(() => new ModelSource(TinyData.Network) { Weights = weights, LabelsFile = labels }.Load()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Another_crop_runs_at_its_own_size()
    {
        Model model = Zoo.Create("resnet18", new ZooOptions { Classes = 4 }).Initialize(1);
        Preprocessing small = model.Metadata.Preprocessing! with { Resize = 72, Crop = new Size(64, 64) };
        using var classifier = new ImageClassifier(model.With(model.Metadata with { Preprocessing = small }));
        Assert.Equal([3, 64, 64], classifier.InputShape);
        Prediction[] single = classifier.Classify(TinyData.Picture(1));
        Assert.Equal(single, classifier.ClassifyAll([TinyData.Picture(1), TinyData.Picture(2)], cancellation: TestContext.Current.CancellationToken)[0].Predictions);
    }

    private sealed class Recorder(List<int> reports) : IProgress<int>
    {
        public void Report(int value) => reports.Add(value);
    }
}
