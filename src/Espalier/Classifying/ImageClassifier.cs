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
    private volatile bool _disposed;

    /// <summary>Makes a model ready to classify images.</summary>
    /// <param name="model">A classifier that says how images become its inputs.</param>
    /// <param name="options">How it runs.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of range; the message names it.</exception>
    /// <exception cref="EspalierException">The model has not one output for each class, has labels but not one for each of them, or does not say how images become its inputs (<see cref="ModelSource.Preprocessing"/> does).</exception>
    public ImageClassifier(Model model, ImageClassifierOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        options ??= new ImageClassifierOptions();
        options.Require();
        int classes = OutputClasses.Of(model).Count;
        if (model.Metadata.Preprocessing is null)
        {
            throw new EspalierException("the model does not say how images become inputs: give it a Preprocessing, as with ModelSource.Preprocessing");
        }

        (Model, ClassCount, _options) = (model, classes, options);
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
        options?.Require(); // before a model is loaded for nothing
        return new ImageClassifier(source.Load(), options);
    }

    /// <summary>Classifies a JPEG or PNG file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="top">How many classes to name at most.</param>
    /// <returns>The most probable classes, best first.</returns>
    /// <exception cref="EspalierException">The file cannot be opened, is no image that can be read, or the network's output is not finite.</exception>
    /// <exception cref="ObjectDisposedException">The classifier has been disposed of.</exception>
    public Prediction[] Classify(string path, int top = UsualTop)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        ArgumentException.ThrowIfNullOrEmpty(path);
        return Classify(FileErrors.Read(path, () => ImageDecoder.Decode(path)), top);
    }

    /// <summary>Classifies a JPEG or PNG image that is read from a stream to its end, such as an upload.</summary>
    /// <inheritdoc cref="Classify(string, int)"/>
    /// <exception cref="IOException">The stream cannot be read.</exception>
    public Prediction[] Classify(Stream stream, int top = UsualTop)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        return Classify(ImageDecoder.Decode(stream), top);
    }

    /// <summary>Classifies the bytes of a JPEG or PNG file.</summary>
    /// <inheritdoc cref="Classify(string, int)"/>
    public Prediction[] Classify(ReadOnlyMemory<byte> file, int top = UsualTop)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        return Classify(ImageDecoder.Decode(file), top);
    }

    /// <inheritdoc cref="Classify(ReadOnlyMemory{byte}, int)"/>
    public Prediction[] Classify(byte[] file, int top = UsualTop)
    {
        ArgumentNullException.ThrowIfNull(file);
        return Classify((ReadOnlyMemory<byte>)file, top);
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
    /// <exception cref="ObjectDisposedException">The classifier has been disposed of.</exception>
    public Prediction[] Classify(ReadOnlySpan<byte> rgb, int width, int height, int top = UsualTop)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        ArgumentOutOfRangeException.ThrowIfNegative(top);
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
    /// <param name="paths">Files and folders; none, and there are no results.</param>
    /// <param name="top">How many classes to name at most for each.</param>
    /// <param name="progress">Is told how many images are done, those that cannot be read included.</param>
    /// <param name="cancellation">Looked at between two batches.</param>
    /// <returns>One for each image, in their order.</returns>
    /// <exception cref="ArgumentException">A path or an image is <see langword="null"/>, or a path is empty.</exception>
    /// <exception cref="EspalierException">A path does not exist, none of the images can be read, or the network's output is not finite.</exception>
    /// <exception cref="ObjectDisposedException">The classifier has been disposed of.</exception>
    public IReadOnlyList<ClassifiedImage> ClassifyAll(IEnumerable<string> paths, int top = UsualTop, IProgress<int>? progress = null, CancellationToken cancellation = default)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        return ClassifyAll(ImageFileDataset.OpenUnlabelled(paths), top, progress, cancellation);
    }

    /// <summary>Classifies many images in batches.</summary>
    /// <inheritdoc cref="ClassifyAll(IEnumerable{string}, int, IProgress{int}?, CancellationToken)"/>
    public IReadOnlyList<ClassifiedImage> ClassifyAll(IReadOnlyList<Image> images, int top = UsualTop, IProgress<int>? progress = null, CancellationToken cancellation = default) =>
        ClassifyAll(ImageList.Of(images), top, progress, cancellation);

    /// <summary>Classifies the images of a data set in batches.</summary>
    /// <inheritdoc cref="ClassifyAll(IEnumerable{string}, int, IProgress{int}?, CancellationToken)"/>
    public IReadOnlyList<ClassifiedImage> ClassifyAll(IDataset images, int top = UsualTop, IProgress<int>? progress = null, CancellationToken cancellation = default)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        ArgumentNullException.ThrowIfNull(images);
        ArgumentOutOfRangeException.ThrowIfNegative(top);
        if (images.Count == 0)
        {
            return [];
        }

        var results = new ClassifiedImage[images.Count];
        void Keep(int index, ReadOnlyMemory<float> logits) => results[index] = new ClassifiedImage(images.NameOf(index), Prediction.Top(logits.Span, top, Model.Metadata.Labels), null);
        foreach (SampleFailure failure in RunAll(images, Keep, progress, cancellation))
        {
            results[failure.Index] = new ClassifiedImage(failure.Name, [], failure.Reason);
        }

        return results;
    }

    /// <summary>Classifies many files on a thread of the pool.</summary>
    /// <inheritdoc cref="ClassifyAll(IEnumerable{string}, int, IProgress{int}?, CancellationToken)"/>
    public Task<IReadOnlyList<ClassifiedImage>> ClassifyAllAsync(IEnumerable<string> paths, int top = UsualTop, IProgress<int>? progress = null, CancellationToken cancellation = default)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        ArgumentNullException.ThrowIfNull(paths);
        return Task.Run(() => ClassifyAll(paths, top, progress, cancellation), cancellation);
    }

    /// <summary>Measures it on images whose classes are known.</summary>
    /// <param name="path">What <see cref="DataSource.OpenForEvaluation"/> opens: a folder with one folder of images for each class, CIFAR or MNIST files.</param>
    /// <param name="options">How classes are matched, and how many images count.</param>
    /// <param name="progress">Is told how many images are done, those that cannot be read included.</param>
    /// <param name="cancellation">Looked at between two batches.</param>
    /// <exception cref="ArgumentException">The path is empty, or an option is out of range; the message names it.</exception>
    /// <exception cref="ObjectDisposedException">The classifier has been disposed of.</exception>
    /// <exception cref="EspalierException">There is no such data, its classes are not the model's, none of the images can be read, or the network's output is not finite.</exception>
    public ClassificationReport Evaluate(string path, EvaluationOptions? options = null, IProgress<int>? progress = null, CancellationToken cancellation = default)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        ArgumentException.ThrowIfNullOrEmpty(path);
        options?.Require();
        return Evaluate(ClassMatching.OpenForEvaluation(Model, path, options), options, progress, cancellation);
    }

    /// <summary>Measures it on a data set.</summary>
    /// <param name="data">Images with classes, which are matched to the model's unless it is a <see cref="MatchedDataset"/> already.</param>
    /// <param name="options">How classes are matched, and how many images count.</param>
    /// <param name="progress">Is told how many images are done, those that cannot be read included.</param>
    /// <param name="cancellation">Looked at between two batches.</param>
    /// <exception cref="ArgumentException">An option is out of range; the message names it.</exception>
    /// <exception cref="ObjectDisposedException">The classifier has been disposed of.</exception>
    /// <exception cref="EspalierException">As for a path.</exception>
    public ClassificationReport Evaluate(IDataset data, EvaluationOptions? options = null, IProgress<int>? progress = null, CancellationToken cancellation = default)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        ArgumentNullException.ThrowIfNull(data);
        options ??= new EvaluationOptions();
        options.Require();
        MatchedDataset matched = data as MatchedDataset ?? OutputClasses.Of(Model).Match(data, options.Classes);
        if (matched.Outputs.Count != ClassCount)
        {
            matched.Require(Model); // which says what it was matched to
        }

        matched = options.Limit is int limit ? matched.First(limit) : matched;
        var tally = new ReportTally(matched, ClassCount);
        IReadOnlyList<SampleFailure> failures = RunAll(matched, (index, logits) => tally.Add(logits.Span, index), progress, cancellation);
        return tally.ToReport(failures);
    }

    /// <summary>Runs the network on inputs that are prepared already, on the CPU without allocating memory once it has run before.</summary>
    /// <param name="input">One input after another: channels x height x width floats each (<see cref="InputShape"/>), normalized as the model wants them.</param>
    /// <param name="output">Takes the logits: <see cref="ClassCount"/> for each input.</param>
    /// <remarks>What comes out is not looked at: inputs or parameters that are not finite give logits that are not, where <c>Classify</c>, <c>ClassifyAll</c> and <c>Evaluate</c> throw.</remarks>
    /// <exception cref="ArgumentException">The lengths are not those of whole inputs and their outputs.</exception>
    /// <exception cref="ObjectDisposedException">The classifier has been disposed of.</exception>
    public void Run(ReadOnlySpan<float> input, Span<float> output)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        _predictor.Run(input, output);
    }

    /// <summary>Ends the classifier's own threads. Every later call throws <see cref="ObjectDisposedException"/>; one that is under way in another thread ends with that exception, unless it is about to finish.</summary>
    public void Dispose()
    {
        _disposed = true;
        _predictor.Dispose();
    }

    private IReadOnlyList<SampleFailure> RunAll(IDataset images, Action<int, ReadOnlyMemory<float>> use, IProgress<int>? progress, CancellationToken cancellation)
    {
        var loading = new DataLoaderOptions { BatchSize = _options.Batch, Workers = _options.ThreadCount, Prefetch = 1, Unreadable = UnreadableSamples.Skip };
        var run = new DatasetClassifier(Model, _predictor, _pipeline, loading);
        run.Run(images, use, progress, cancellation);
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
