using System.Diagnostics.CodeAnalysis;
using Espalier.Data;
using Espalier.Graphs;
using Espalier.Imaging;
using Espalier.Inference;
using Espalier.Tensors;

namespace Espalier;

/// <summary>An image classifier: it decodes images, applies the preprocessing of its model, runs the model and returns the most probable classes.</summary>
/// <remarks>Safe to share between threads. Results are bit-identical for any number of threads, any batch size and any number of concurrent callers.</remarks>
public sealed class ImageClassifier : IDisposable
{
    private const int UsualTop = 5;

    private readonly ImageClassifierOptions _options;
    private readonly IRunnable _predictor;
    private readonly InputPipeline _pipeline;
    private readonly PhotoMemory _memory;
    private volatile bool _disposed;

    /// <summary>Prepares a model to classify images.</summary>
    /// <param name="model">A classifier with preprocessing.</param>
    /// <param name="options">Threads, batch size and runtime; <see langword="null"/> for the defaults.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of range; the message names it.</exception>
    /// <exception cref="EspalierException">The model's output is not one value per class, its labels are not one for each class, or the model has no preprocessing (it can be given by <see cref="ModelSource.Preprocessing"/>).</exception>
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

    /// <summary>The number of classes.</summary>
    public int ClassCount { get; }

    /// <summary>The names of the classes; empty if the model has none, in which case the labels of predictions are class indices. <see cref="ModelSource.Labels"/> sets names.</summary>
    public IReadOnlyList<string> Labels => Model.Metadata.Labels;

    /// <summary>The shape of one input: channels x height x width.</summary>
    public Shape InputShape => _pipeline.Shape;

    /// <summary>The number of threads that compute one prediction.</summary>
    public int Threads => _options.ThreadCount;

    /// <summary>Loads a classifier: <c>ImageClassifier.Load("flowers.espalier")</c>.</summary>
    /// <param name="source">A model file, or an architecture of the zoo with its weights.</param>
    /// <param name="options">Threads, batch size and runtime; <see langword="null"/> for the defaults.</param>
    /// <exception cref="EspalierException">The model cannot be loaded (<see cref="ModelSource.Load()"/>), is not a classifier, or has no preprocessing.</exception>
    public static ImageClassifier Load(ModelSource source, ImageClassifierOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(source);
        options?.Require(); // before the model is loaded
        return new ImageClassifier(source.Load(), options);
    }

    /// <summary>Classifies a JPEG or PNG file.</summary>
    /// <param name="path">The path of the file.</param>
    /// <param name="top">The maximum number of classes to return.</param>
    /// <returns>The most probable classes, the most probable first.</returns>
    /// <exception cref="ObjectDisposedException">The classifier has been disposed.</exception>
    /// <exception cref="EspalierException">The file cannot be read, is not a supported image or is damaged, or the network's output is not finite.</exception>
    public Prediction[] Classify(string path, int top = UsualTop)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        ArgumentException.ThrowIfNullOrEmpty(path);
        return Classify(FileErrors.Read(path, () => ImageDecoder.Decode(path, _options.Decoding)), top);
    }

    /// <summary>Classifies a JPEG or PNG image that is read from a stream to its end, such as an upload.</summary>
    /// <inheritdoc cref="Classify(string, int)"/>
    /// <exception cref="IOException">The stream cannot be read.</exception>
    public Prediction[] Classify(Stream stream, int top = UsualTop)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        return Classify(ImageDecoder.Decode(stream, options: _options.Decoding), top);
    }

    /// <summary>Classifies the bytes of a JPEG or PNG file.</summary>
    /// <inheritdoc cref="Classify(string, int)"/>
    public Prediction[] Classify(ReadOnlyMemory<byte> file, int top = UsualTop)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        return Classify(ImageDecoder.Decode(file, options: _options.Decoding), top);
    }

    /// <inheritdoc cref="Classify(ReadOnlyMemory{byte}, int)"/>
    public Prediction[] Classify(byte[] file, int top = UsualTop)
    {
        ArgumentNullException.ThrowIfNull(file);
        return Classify((ReadOnlyMemory<byte>)file, top);
    }

    /// <summary>Classifies bytes that may be no image, such as an upload.</summary>
    /// <param name="file">The bytes of a file.</param>
    /// <param name="predictions">The most probable classes, the most probable first.</param>
    /// <param name="error">What is wrong with the bytes.</param>
    /// <param name="top">The maximum number of classes to return.</param>
    /// <returns>Whether they are a JPEG or PNG image that can be read and preprocessed.</returns>
    /// <exception cref="EspalierException">The network's output is not finite.</exception>
    /// <exception cref="ObjectDisposedException">The classifier has been disposed.</exception>
    public bool TryClassify(ReadOnlyMemory<byte> file, [NotNullWhen(true)] out Prediction[]? predictions, [NotNullWhen(false)] out string? error, int top = UsualTop)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        ArgumentOutOfRangeException.ThrowIfNegative(top);
        PhotoMemory.Slot slot = _memory.Rent();
        try
        {
            error = TryPrepare(slot, file);
            predictions = error is null ? Run(slot, top) : null;
            return error is null;
        }
        finally
        {
            _memory.Return(slot);
        }
    }

    /// <summary>Classifies a decoded image.</summary>
    /// <inheritdoc cref="Classify(string, int)"/>
    public Prediction[] Classify(Image image, int top = UsualTop)
    {
        ArgumentNullException.ThrowIfNull(image);
        return Classify(image.Pixels.Span, image.Width, image.Height, top);
    }

    /// <summary>Classifies RGB pixels: rows from top to bottom, three bytes (red, green, blue) per pixel.</summary>
    /// <param name="rgb"><paramref name="width"/> × <paramref name="height"/> × 3 bytes.</param>
    /// <param name="width">The width of the image in pixels.</param>
    /// <param name="height">The height of the image in pixels.</param>
    /// <param name="top">The maximum number of classes to return.</param>
    /// <exception cref="ArgumentException">The number of bytes is not width × height × 3.</exception>
    /// <exception cref="EspalierException">The network's output is not finite.</exception>
    /// <exception cref="ObjectDisposedException">The classifier has been disposed.</exception>
    public Prediction[] Classify(ReadOnlySpan<byte> rgb, int width, int height, int top = UsualTop)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        ArgumentOutOfRangeException.ThrowIfNegative(top);
        PhotoMemory.Slot slot = _memory.Rent();
        try
        {
            slot.Prepare(rgb, width, height);
            return Run(slot, top);
        }
        finally
        {
            _memory.Return(slot);
        }
    }

    /// <summary>Classifies files, and the files of folders at any depth, in batches. For a file that does not exist or cannot be read, <see cref="ClassifiedImage.Error"/> is set, and the other files are classified.</summary>
    /// <param name="paths">The paths of files and folders; may be empty.</param>
    /// <param name="top">The maximum number of classes to return for each image.</param>
    /// <param name="progress">Receives the number of images that are done, including those that could not be read.</param>
    /// <param name="cancellation">Checked between batches.</param>
    /// <returns>One result per image, in order.</returns>
    /// <exception cref="ArgumentException">A path or an image is <see langword="null"/>, or a path is empty.</exception>
    /// <exception cref="EspalierException">None of the images can be read, or the network's output is not finite.</exception>
    /// <exception cref="ObjectDisposedException">The classifier has been disposed.</exception>
    public IReadOnlyList<ClassifiedImage> ClassifyAll(IEnumerable<string> paths, int top = UsualTop, IProgress<int>? progress = null, CancellationToken cancellation = default)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        return ClassifyAll(ImageFileDataset.OpenUnlabelled(paths, _options.Decoding), top, progress, cancellation);
    }

    /// <summary>Classifies decoded images in batches.</summary>
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

    /// <summary>Classifies files as <see cref="ClassifyAll(IEnumerable{string}, int, IProgress{int}?, CancellationToken)"/> does, on a thread of the thread pool.</summary>
    /// <inheritdoc cref="ClassifyAll(IEnumerable{string}, int, IProgress{int}?, CancellationToken)"/>
    public Task<IReadOnlyList<ClassifiedImage>> ClassifyAllAsync(IEnumerable<string> paths, int top = UsualTop, IProgress<int>? progress = null, CancellationToken cancellation = default)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        ArgumentNullException.ThrowIfNull(paths);
        return Task.Run(() => ClassifyAll(paths, top, progress, cancellation), cancellation);
    }

    /// <summary>Evaluates the classifier on labelled images.</summary>
    /// <param name="path">The path of the data, as for <see cref="DataSource.OpenForEvaluation"/>: a folder with one folder of images per class, or CIFAR or MNIST files.</param>
    /// <param name="options">The rule for matching classes and the maximum number of images; <see langword="null"/> for the defaults.</param>
    /// <param name="progress">Receives the number of images that are done, including those that could not be read.</param>
    /// <param name="cancellation">Checked between batches.</param>
    /// <exception cref="ArgumentException">The path is empty, or an option is out of range; the message names it.</exception>
    /// <exception cref="ObjectDisposedException">The classifier has been disposed.</exception>
    /// <exception cref="EspalierException">The data does not exist, its classes do not match the model's, none of the images can be read, or the network's output is not finite.</exception>
    public ClassificationReport Evaluate(string path, EvaluationOptions? options = null, IProgress<int>? progress = null, CancellationToken cancellation = default)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        ArgumentException.ThrowIfNullOrEmpty(path);
        options?.Require();
        return Evaluate(ClassMatching.OpenForEvaluation(Model, path, options, _options.Decoding), options, progress, cancellation);
    }

    /// <summary>Evaluates the classifier on a data set.</summary>
    /// <param name="data">Labelled images. Their classes are matched to the model's unless the data is a <see cref="MatchedDataset"/>.</param>
    /// <param name="options">The rule for matching classes and the maximum number of images; <see langword="null"/> for the defaults.</param>
    /// <param name="progress">Receives the number of images that are done, including those that could not be read.</param>
    /// <param name="cancellation">Checked between batches.</param>
    /// <exception cref="ArgumentException">An option is out of range; the message names it.</exception>
    /// <exception cref="ObjectDisposedException">The classifier has been disposed.</exception>
    /// <exception cref="EspalierException">The classes do not match the model's, none of the images can be read, or the network's output is not finite.</exception>
    public ClassificationReport Evaluate(IDataset data, EvaluationOptions? options = null, IProgress<int>? progress = null, CancellationToken cancellation = default)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        ArgumentNullException.ThrowIfNull(data);
        options ??= new EvaluationOptions();
        options.Require();
        MatchedDataset matched = data as MatchedDataset ?? OutputClasses.Of(Model).Match(data, options.Classes);
        if (matched.Outputs.Count != ClassCount)
        {
            matched.Require(Model); // its message names the model that the data was matched to
        }

        matched = options.Limit is int limit ? matched.Limit(limit) : matched;
        var tally = new ReportTally(matched, ClassCount, options.Worst);
        IReadOnlyList<SampleFailure> failures = RunAll(matched, (index, logits) => tally.Add(logits.Span, index), progress, cancellation);
        return tally.ToReport(failures);
    }

    /// <summary>Runs the network on preprocessed inputs. The CPU runtime allocates no memory after the first call.</summary>
    /// <param name="input">The inputs one after another, each of channels x height x width floats (<see cref="InputShape"/>), normalized as the model's preprocessing specifies.</param>
    /// <param name="output">Receives the logits, <see cref="ClassCount"/> for each input.</param>
    /// <remarks>The output is not checked: inputs or parameters that are not finite give logits that are not finite, for which <c>Classify</c>, <c>ClassifyAll</c> and <c>Evaluate</c> throw.</remarks>
    /// <exception cref="ArgumentException">The lengths are not multiples of the input and output size, or are for different numbers of inputs.</exception>
    /// <exception cref="ObjectDisposedException">The classifier has been disposed.</exception>
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

    /// <summary>Prepares the input of an image; returns what is wrong with it, or <see langword="null"/>.</summary>
    private static string? TryPrepare(PhotoMemory.Slot slot, ReadOnlyMemory<byte> file)
    {
        try
        {
            Image image = ImageDecoder.Decode(file);
            slot.Prepare(image.Pixels.Span, image.Width, image.Height);
            return null;
        }
        catch (EspalierException unusable)
        {
            return unusable.Message;
        }
    }

    private Prediction[] Run(PhotoMemory.Slot slot, int top)
    {
        _predictor.Run(slot.Input.AsSpan(), slot.Logits);
        RequireFinite(slot.Input, slot.Logits);
        return Prediction.Top(slot.Logits, top, Model.Metadata.Labels);
    }

    private IReadOnlyList<SampleFailure> RunAll(IDataset images, Action<int, ReadOnlyMemory<float>> use, IProgress<int>? progress, CancellationToken cancellation)
    {
        var loading = new DataLoaderOptions { BatchSize = _options.Batch, Workers = _options.ThreadCount, Prefetch = 1, Unreadable = UnreadableSamples.Skip };
        var run = new DatasetClassifier(Model, _predictor, _pipeline, loading);
        var work = new SharedWork(_options.Processes, cancellation);
        WorkAgreement.Require(work, "classification", Model, [images], new("batch", $"{_options.Batch}"), new("runtime", (_options.Runtime ?? Runtimes.Cpu).Name));
        run.Run(images, use, progress, work);
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
