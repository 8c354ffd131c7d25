using System.Globalization;
using Espalier.Data;
using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier;

/// <summary>The images of a quantization: those that calibration measures on, and others of the same data to compare the models on.</summary>
internal sealed class CalibrationImages
{
    internal const int Usual = 512; // scales hardly change with more
    private const int UsualOthers = 1000;
    private const int UsualBatch = 32;

    private readonly string _path;
    private readonly IDataset _chosen;
    private readonly IDataset _others;
    private readonly List<string> _notes = [];

    private CalibrationImages(string path, IDataset images, IDataset? validation, int count, ulong seed)
    {
        int[] chosen = [.. count >= images.Count ? Enumerable.Range(0, images.Count) : SampleSelection.Stratified(images, count, new CounterRandom(seed).Stream("calibration"))];
        int[] left = [.. Enumerable.Range(0, images.Count).Except(chosen)];
        _path = path;
        _chosen = new Subset(images, chosen);
        Count = chosen.Length;
        _others = validation ?? (left.Length > 0 ? new Subset(images, left) : _chosen);
        string which = images.Labels.Count > 1 ? "the same share of each class" : "chosen at random";
        Rule = left.Length == 0 ? Text($"all {images.Count:N0} images of {path}") : Text($"{chosen.Length:N0} of {images.Count:N0} images of {path}, {which} (seed {seed})");
        OthersRule = validation is not null ? $"the validation part of {path}" : left.Length > 0 ? $"images of {path} that calibration did not use" : $"the images of {path} that calibration used, since there are no others";
    }

    /// <summary>How the images of calibration were chosen, such as <c>512 of 50,000 images of cifar10, the same share of each class (seed 0)</c>.</summary>
    internal string Rule { get; }

    /// <summary>What the models are compared on if no other data is named.</summary>
    internal string OthersRule { get; }

    /// <summary>The images of calibration.</summary>
    internal IDataset Chosen => _chosen;

    /// <summary>The number of images that calibration uses; once they are read, of those that could be read.</summary>
    internal int Count { get; private set; }

    /// <summary>The name of the data in the lineage.</summary>
    internal string Name => Path.GetFileName(Path.TrimEndingDirectorySeparator(_path));

    /// <summary>Messages for users about the images so far, those that could not be read among them.</summary>
    internal IReadOnlyList<string> Notes => [.. _chosen.Notes, .. _notes];

    /// <summary>The images that could not be read.</summary>
    internal IReadOnlyList<SampleFailure> Unreadable { get; private set; } = [];

    /// <summary>Opens data: labelled as for training or evaluation, of which the part to train on is calibrated on, or a folder of images. Classes need not be the model's.</summary>
    /// <param name="path">The path.</param>
    /// <param name="count">The greatest number of images.</param>
    /// <param name="seed">The seed of their choice.</param>
    /// <param name="options">How the data is opened.</param>
    internal static CalibrationImages Open(string path, int count, ulong seed, DataSourceOptions options)
    {
        (IDataset images, IDataset? validation) = ClassMatching.HoldsImages(path) ? (ImageFileDataset.OpenUnlabelled([path], options.Decoding), null) : DataSource.OpenParts(path, options);
        return new CalibrationImages(path, images, validation, count, seed);
    }

    /// <summary>The inputs that a model's preprocessing makes of the images of calibration.</summary>
    /// <param name="model">The model.</param>
    /// <param name="threads">The number of threads that decode.</param>
    /// <param name="read">Receives the number of images of each batch.</param>
    /// <param name="work">The processes, each of which reads some of the images and gets all, and what cancels them; checked between batches.</param>
    /// <exception cref="EspalierException">None of them can be read.</exception>
    internal IReadOnlyList<Tensor> Read(Model model, int threads, Action<int> read, SharedWork work)
    {
        var loading = new DataLoaderOptions { BatchSize = Math.Min(UsualBatch, _chosen.Count), Workers = threads, Prefetch = 1, Unreadable = UnreadableSamples.Skip };
        var batches = new SharedBatches(_chosen, loading, work);
        (IReadOnlyList<Tensor> inputs, int[][] indices) = batches.Read(InputPipeline.Of(model), read);
        Unreadable = batches.Failures;
        Count = indices.Sum(batch => batch.Length);
        return Count > 0 ? inputs : throw new EspalierException($"{_path}: none of the images could be read; the first: {batches.Failures[0]}");
    }

    /// <summary>The other images, to compare the model with the quantized one. Where their classes are not the model's, they are compared without accuracy.</summary>
    /// <param name="model">The model, which gets the names of the classes if it has no labels.</param>
    /// <param name="rule">How the classes are matched.</param>
    /// <param name="runtime">What runs the models.</param>
    /// <param name="threads">The number of threads.</param>
    /// <param name="limit">The greatest number of images; <see langword="null"/> for 1000.</param>
    /// <param name="batch">The number of images in one forward pass.</param>
    internal ComparisonSamples Others(ref Model model, ClassRule rule, IRuntime runtime, int threads, int? limit = null, int batch = UsualBatch)
    {
        MatchedDataset images = Match(ref model, rule).Limit(limit ?? UsualOthers);
        return new ComparisonSamples(runtime, threads)
        {
            Name = _path,
            Images = images,
            Loading = new DataLoaderOptions { BatchSize = batch, Workers = threads, Prefetch = 1, Unreadable = UnreadableSamples.Skip },
        };
    }

    private MatchedDataset Match(ref Model model, ClassRule rule)
    {
        try
        {
            MatchedDataset matched = ClassMatching.Match(ref model, new TrainingData(_others, _others), rule).Validation;
            _notes.AddRange(matched.Note is string note ? [note] : []);
            return matched;
        }
        catch (ClassMismatchException error) when (rule == ClassRule.Name)
        {
            _notes.Add($"{error.Message}; so the accuracy is not measured");
            return OutputClasses.Of(model).Match(new UnlabelledDataset(_others));
        }
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
