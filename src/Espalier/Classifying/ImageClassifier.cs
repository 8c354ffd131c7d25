using System.Diagnostics.CodeAnalysis;
using Espalier.Data;
using Espalier.Graphs;
using Espalier.Imaging;
using Espalier.Inference;
using Espalier.Tensors;

namespace Espalier;

/// <summary>A classifier of images that is ready to run: it reads photographs, prepares them as its model was trained to see them, and names the classes.</summary>
/// <remarks>Safe to share between threads. Answers are the same, bit for bit, for any number of threads, any batch and any number of concurrent callers.</remarks>
public sealed class ImageClassifier : IDisposable
{
    private const int UsualTop = 5;

    private readonly ImageClassifierOptions _options;
    private readonly IRunnable _predictor;
    private readonly InputPipeline _pipeline;
    private readonly PhotoMemory _memory;

    /// <summary>Makes a model ready to classify images.</summary>
    /// <param name="model">A classifier that says how images become its inputs.</param>
    /// <param name="options">How it runs.</param>
    /// <exception cref="EspalierException">The model has not one output for each class, or does not say how images become its inputs (<see cref="ModelSource.Preprocessing"/> does).</exception>
    public ImageClassifier(Model model, ImageClassifierOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        int classes = OutputClasses.CountOf(model);
        if (model.Metadata.Preprocessing is null)
        {
            throw new EspalierException("the model does not say how images become inputs: give it a Preprocessing, as with ModelSource.Preprocessing");
        }

        (Model, ClassCount, _options) = (model, classes, options ?? new ImageClassifierOptions());
        _pipeline = InputPipeline.Of(model);
        _predictor = _options.Prepare(model.WithInput(_pipeline.Shape));
        _memory = new PhotoMemory(_pipeline, ClassCount);
    }

    /// <summary>The model.</summary>
    public Model Model { get; }

    /// <summary>How many classes it tells apart.</summary>
    public int ClassCount { get; }

    /// <summary>The names of the classes; empty where the model has none, and then predictions are called by their numbers (<see cref="ModelSource.Labels"/> gives names).</summary>
    public IReadOnlyList<string> Labels => Model.Metadata.Labels;

    /// <summary>The shape of one input: channels x height x width.</summary>
    public Shape InputShape => _pipeline.Shape;

    /// <summary>Threads that share one prediction.</summary>
    public int Threads => _options.ThreadCount;

    /// <summary>Loads a classifier: <c>ImageClassifier.Load("flowers.espalier")</c>.</summary>
    /// <param name="source">A model file; or a network of the zoo with its weights.</param>
    /// <param name="options">How it runs.</param>
    /// <exception cref="EspalierException">As for <see cref="ModelSource.Load()"/> and for the constructor.</exception>
    public static ImageClassifier Load(ModelSource source, ImageClassifierOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(source);
        return new ImageClassifier(source.Load(), options);
    }

    /// <summary>Classifies a JPEG or PNG file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="top">How many classes to name at most.</param>
    /// <returns>The most probable classes, best first.</returns>
    /// <exception cref="EspalierException">The file is no image that can be read, or the network's output is not finite.</exception>
    /// <exception cref="IOException">The file cannot be opened.</exception>
    public Prediction[] Classify(string path, int top = UsualTop) => Classify(ImageDecoder.Decode(path), top);

    /// <summary>Classifies a JPEG or PNG image that is read from a stream to its end, such as an upload.</summary>
    /// <inheritdoc cref="Classify(string, int)"/>
    public Prediction[] Classify(Stream stream, int top = UsualTop) => Classify(ImageDecoder.Decode(stream), top);

    /// <summary>Classifies the bytes of a JPEG or PNG file.</summary>
    /// <inheritdoc cref="Classify(string, int)"/>
    public Prediction[] Classify(ReadOnlyMemory<byte> file, int top = UsualTop) => Classify(ImageDecoder.Decode(file), top);

    /// <inheritdoc cref="Classify(ReadOnlyMemory{byte}, int)"/>
    public Prediction[] Classify(byte[] file, int top = UsualTop) => Classify((ReadOnlyMemory<byte>)file, top);

    /// <summary>Classifies bytes that may be no image, such as an upload.</summary>
    /// <param name="file">The bytes of a file.</param>
    /// <param name="predictions">The most probable classes, best first.</param>
    /// <param name="error">What is wrong with the bytes.</param>
    /// <param name="top">How many classes to name at most.</param>
    /// <returns>Whether they are a JPEG or PNG image that can be read.</returns>
    /// <exception cref="EspalierException">The network's output is not finite.</exception>
    public bool TryClassify(ReadOnlyMemory<byte> file, [NotNullWhen(true)] out Prediction[]? predictions, [NotNullWhen(false)] out string? error, int top = UsualTop)
    {
        Image image;
        try
        {
            image = ImageDecoder.Decode(file);
        }
        catch (MalformedInputException malformed)
        {
            (predictions, error) = (null, malformed.Message);
            return false;
        }

        (predictions, error) = (Classify(image, top), null);
        return true;
    }

    /// <summary>Classifies a decoded image.</summary>
    /// <inheritdoc cref="Classify(string, int)"/>
    public Prediction[] Classify(Image image, int top = UsualTop)
    {
        ArgumentNullException.ThrowIfNull(image);
        return Classify(image.Pixels.Span, image.Width, image.Height, top);
    }

    /// <summary>Classifies pixels: rows from top to bottom, three bytes (red, green, blue) for each pixel.</summary>
    /// <param name="rgb"><paramref name="width"/> × <paramref name="height"/> × 3 bytes.</param>
    /// <param name="width">Pixels of a row.</param>
    /// <param name="height">Rows.</param>
    /// <param name="top">How many classes to name at most.</param>
    /// <exception cref="ArgumentException">The number of bytes is not what the size takes.</exception>
    /// <exception cref="EspalierException">The network's output is not finite.</exception>
    public Prediction[] Classify(ReadOnlySpan<byte> rgb, int width, int height, int top = UsualTop)
    {
        PhotoMemory.Slot slot = _memory.Rent();
        try
        {
            slot.Prepare(rgb, width, height);
            _predictor.Run(slot.Input.AsSpan(), slot.Logits);
            RequireFinite(slot.Input, slot.Logits);
            return Prediction.Top(slot.Logits, top, Model.Metadata.Labels);
        }
        finally
        {
            _memory.Return(slot);
        }
    }

    /// <summary>Classifies many files, and those of folders at any depth, in batches. A file that cannot be read has an <see cref="ClassifiedImage.Error"/> and ends nothing.</summary>
    /// <param name="paths">Files and folders.</param>
    /// <param name="top">How many classes to name at most for each.</param>
    /// <param name="progress">Is told how many images are done.</param>
    /// <param name="cancellation">Looked at between two batches.</param>
    /// <returns>One for each image, in their order.</returns>
    /// <exception cref="EspalierException">A path does not exist, none of the images can be read, or the network's output is not finite.</exception>
    public IReadOnlyList<ClassifiedImage> ClassifyAll(IEnumerable<string> paths, int top = UsualTop, IProgress<int>? progress = null, CancellationToken cancellation = default) =>
        ClassifyAll(ImageFileDataset.OpenUnlabelled(paths), top, progress, cancellation);

    /// <summary>Classifies many images in batches.</summary>
    /// <inheritdoc cref="ClassifyAll(IEnumerable{string}, int, IProgress{int}?, CancellationToken)"/>
    public IReadOnlyList<ClassifiedImage> ClassifyAll(IReadOnlyList<Image> images, int top = UsualTop, IProgress<int>? progress = null, CancellationToken cancellation = default) =>
        images is { Count: 0 } ? [] : ClassifyAll(new ImageList(images), top, progress, cancellation);

    /// <summary>Classifies the images of a data set in batches.</summary>
    /// <inheritdoc cref="ClassifyAll(IEnumerable{string}, int, IProgress{int}?, CancellationToken)"/>
    public IReadOnlyList<ClassifiedImage> ClassifyAll(IDataset images, int top = UsualTop, IProgress<int>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(images);
        ArgumentOutOfRangeException.ThrowIfNegative(top);
        var results = new ClassifiedImage[images.Count];
        int done = 0;
        foreach (SampleFailure failure in RunAll(images, UnreadableSamples.Skip, (index, logits) =>
        {
            results[index] = new ClassifiedImage(images.NameOf(index), Prediction.Top(logits.Span, top, Model.Metadata.Labels), null);
            progress?.Report(++done);
        }, cancellation))
        {
            results[failure.Index] = new ClassifiedImage(failure.Name, [], failure.Reason);
        }

        return results;
    }

    /// <summary>Classifies many files on a thread of the pool.</summary>
    /// <inheritdoc cref="ClassifyAll(IEnumerable{string}, int, IProgress{int}?, CancellationToken)"/>
    public Task<IReadOnlyList<ClassifiedImage>> ClassifyAllAsync(IEnumerable<string> paths, int top = UsualTop, IProgress<int>? progress = null, CancellationToken cancellation = default) =>
        Task.Run(() => ClassifyAll(paths, top, progress, cancellation), cancellation);

    /// <summary>Measures it on images whose classes are known.</summary>
    /// <param name="path">What <see cref="DataSource.OpenForEvaluation"/> opens: a folder with one folder of images for each class, CIFAR or MNIST files.</param>
    /// <param name="options">How classes are matched, and how many images count.</param>
    /// <param name="progress">Is told how many images are done.</param>
    /// <param name="cancellation">Looked at between two batches.</param>
    /// <exception cref="EspalierException">There is no such data, its classes are not the model's, none of the images can be read, or the network's output is not finite.</exception>
    public ClassificationReport Evaluate(string path, EvaluationOptions? options = null, IProgress<int>? progress = null, CancellationToken cancellation = default) =>
        Evaluate(ClassMatching.OpenForEvaluation(Model, path, options), options, progress, cancellation);

    /// <summary>Measures it on a data set.</summary>
    /// <param name="data">Images with classes, which are matched to the model's unless it is a <see cref="MatchedDataset"/> already.</param>
    /// <param name="options">How classes are matched, and how many images count.</param>
    /// <param name="progress">Is told how many images are done.</param>
    /// <param name="cancellation">Looked at between two batches.</param>
    /// <exception cref="EspalierException">As for a path.</exception>
    public ClassificationReport Evaluate(IDataset data, EvaluationOptions? options = null, IProgress<int>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(data);
        options ??= new EvaluationOptions();
        MatchedDataset matched = data as MatchedDataset ?? OutputClasses.Of(Model).Match(data, options.Classes);
        if (matched.Outputs.Count != ClassCount)
        {
            matched.Require(Model); // which says what it was matched to
        }

        matched = options.Limit is int limit ? matched.First(limit) : matched;
        var tally = new ReportTally(matched, ClassCount);
        IReadOnlyList<SampleFailure> failures = RunAll(matched, UnreadableSamples.Skip, (index, logits) =>
        {
            tally.Add(logits.Span, index);
            progress?.Report(tally.Count);
        }, cancellation);
        return tally.ToReport(failures);
    }

    /// <summary>Runs the network on inputs that are prepared already, on the CPU without allocating memory once it has run before.</summary>
    /// <param name="input">One input after another: channels x height x width floats each (<see cref="InputShape"/>), normalized as the model wants them.</param>
    /// <param name="output">Takes the logits: <see cref="ClassCount"/> for each input.</param>
    /// <exception cref="ArgumentException">The lengths are not those of whole inputs and their outputs.</exception>
    public void Run(ReadOnlySpan<float> input, Span<float> output) => _predictor.Run(input, output);

    /// <inheritdoc/>
    public void Dispose() => _predictor.Dispose();

    private IReadOnlyList<SampleFailure> RunAll(IDataset images, UnreadableSamples unreadable, Action<int, ReadOnlyMemory<float>> use, CancellationToken cancellation)
    {
        var loading = new DataLoaderOptions { BatchSize = _options.Batch, Workers = _options.ThreadCount, Prefetch = 1, Unreadable = unreadable };
        var run = new DatasetClassifier(Model, _predictor, _pipeline, loading);
        run.Run(images, use, cancellation);
        return run.Failures;
    }

    private void RequireFinite(float[] input, float[] logits)
    {
        if (NonFinite.IndexOf(logits) >= 0)
        {
            FiniteOutput.Require(Model, Tensor.From(InputShape.Prepend(1), input), Tensor.From([1, ClassCount], logits));
        }
    }
}
