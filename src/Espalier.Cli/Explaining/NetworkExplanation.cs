using System.Text;
using Espalier.Data;
using Espalier.Imaging;

namespace Espalier.Cli;

/// <summary>Explains a network as a whole: writes pictures and numbers to a folder, and reports them.</summary>
/// <param name="context">The terminal and the cancellation token.</param>
/// <param name="options">The options, which the verb has.</param>
/// <param name="parsed">The command line.</param>
internal sealed class NetworkExplanation(CliContext context, NetworkExplanationOptions options, ParseResult parsed)
{
    private const string Numbers = "network.json";
    private const int MostColumns = 6; // of the photo and its neighbours

    private readonly List<string> _files = [];

    /// <summary>The folder to write to, which is created.</summary>
    internal required string Folder { get; init; }

    /// <summary>The network's name in titles.</summary>
    internal required string Title { get; init; }

    /// <summary>How the network is run, and how image files are decoded.</summary>
    internal ImageClassifierOptions Running { get; init; } = new();

    /// <summary>Explains a network.</summary>
    /// <param name="model">The model; with its preprocessing where there is --data or --neighbours.</param>
    /// <returns>The report, whose JSON is also written to <c>network.json</c> in the folder.</returns>
    /// <exception cref="EspalierException">Data or models cannot be read, or a file cannot be written.</exception>
    internal Report Run(Model model)
    {
        string? path = options.Data(parsed);
        MatchedDataset? images = path is null ? null : Open(ref model, path);
        NetworkWeights weights = model.MeasureWeights(options.Before(parsed, context.Terminal));
        FileErrors.CreateFolder(Folder);
        var data = new ReportObject();
        var text = new List<ReportPart>();
        void Add(string name, ReportObject numbers, IEnumerable<ReportPart> lines)
        {
            data.Add(name, numbers);
            text.AddRange(lines);
        }

        Draw(weights, model);
        var report = new WeightStatisticsReport(weights);
        Add("weights", report.Data, report.Text);
        if (path is not null)
        {
            ActivationStatisticsReport values = Measure(model, path);
            Add("activations", values.Data, ["", .. values.Text]);
            if (images is not null)
            {
                EvaluationReport evaluation = Evaluate(model, images);
                Add("evaluation", evaluation.Data, evaluation.Text);
            }
        }

        if (options.Neighbours(parsed) is { } photos)
        {
            ReportTable nearest = Nearest(model, photos.Image, photos.Paths, photos.Count);
            Add("neighbours", new ReportObject { { "image", photos.Image }, { "nearest", nearest } }, [$"photos most similar to {photos.Image}", nearest]);
        }

        data.Add("files", ReportValue.List(_files.Append(Numbers)));
        var all = new Report(data) { Rows = report.Rows, Text = [.. text, $"{Folder}: {string.Join(", ", _files.Append(Numbers))}"] };
        Write(Numbers, file => AtomicFile.Write(file, stream => stream.Write(Encoding.UTF8.GetBytes(all.ToJson()))));
        return all;
    }

    private void Draw(NetworkWeights weights, Model model)
    {
        Write("weight-zeros.svg", file => weights.WriteZerosSvg(file, Title));
        Write("weights.svg", file => weights.WriteHistogramsSvg(file, Title));
        Write("channel-norms.svg", file => weights.WriteNormsSvg(file, Title));
        if (weights.Layers.Any(layer => layer.Kind == "conv2d"))
        {
            Image filters = model.DrawFilters();
            Write("filters.png", file => PngEncoder.Save(filters, file));
        }
    }

    private ActivationStatisticsReport Measure(Model model, string path)
    {
        var measuring = new ActivationOptions { Images = options.Images(parsed), Batch = Running.Batch, Decoding = Running.Decoding, Threads = Running.Threads, Runtime = Running.Runtime };
        NetworkActivations? found = null;
        const int Steps = 1000;
        ProgressBar.Run(context.Terminal, "values", Steps, report =>
            found = model.MeasureActivations(path, measuring, new DirectProgress<double>(done => report((long)(Steps * done))), context.Cancellation));
        Tell(found!.Unreadable, found.Notes);
        Write("activation-zeros.svg", file => found.WriteZerosSvg(file, Title));
        Write("activations.svg", file => found.WriteHistogramsSvg(file, Title));
        if (found.Blocks.Length > 0)
        {
            Write("blocks.svg", file => found.WriteBlocksSvg(file, Title));
        }

        return new ActivationStatisticsReport(found);
    }

    private EvaluationReport Evaluate(Model model, MatchedDataset images)
    {
        images = options.Limit(parsed) is int limit ? images.Limit(limit) : images;
        using var classifier = new ImageClassifier(model, Running);
        ClassificationReport? report = null;
        ProgressBar.Run(context.Terminal, "evaluate", images.Count, show =>
            report = classifier.Evaluate(images, new EvaluationOptions { Worst = options.Worst(parsed) }, new DirectProgress<int>(done => show(done)), context.Cancellation));
        Tell(report!.Unreadable, []);
        Write("calibration.svg", file => report.WriteCalibrationSvg(file, Title));
        Write("confusion.svg", file => report.WriteConfusionSvg(file, Title));
        if (report.Worst.Length > 0)
        {
            Image grid = report.Worst.Select(image => Read(images, image.Index)).ToArray().DrawGrid();
            Write("worst.png", file => PngEncoder.Save(grid, file));
        }

        return new EvaluationReport(report);
    }

    /// <summary>The images to evaluate the model on, or <see langword="null"/>, which is told, for images without classes.</summary>
    private MatchedDataset? Open(ref Model model, string path)
    {
        if (ClassMatching.HoldsImages(path))
        {
            context.Terminal.Note($"{path} has no classes, so the network is not evaluated on it");
            return null;
        }

        return options.Classes.OpenForEvaluation(parsed, ref model, [path], context.Terminal, new DataSourceOptions { Decoding = Running.Decoding });
    }

    private ReportTable Nearest(Model model, string image, string[] paths, int count)
    {
        using var embedder = new ImageEmbedder(model, Running);
        NearestImages? nearest = null;
        int total = ImageFileDataset.OpenUnlabelled(paths, Running.Decoding).Count;
        ProgressBar.Run(context.Terminal, "neighbours", total, show => nearest = embedder.FindNearest(image, paths, count, new DirectProgress<int>(done => show(done)), context.Cancellation));
        Tell(nearest!.Unreadable, nearest.Notes);
        Image grid = nearest.Neighbours.Select(neighbour => neighbour.Name).Prepend(image).Select(photo => ImageDecoder.Decode(photo, Running.Decoding)).ToArray().DrawGrid(Math.Min(count + 1, MostColumns));
        Write("neighbours.png", file => PngEncoder.Save(grid, file));
        return ReportTable.Of(nearest.Neighbours)
            .Number("distance", "distance", neighbour => neighbour.Distance, neighbour => Amount.Fixed(neighbour.Distance, 4))
            .Text("photo", "photo", neighbour => neighbour.Name);
    }

    private static Image Read(MatchedDataset images, int index)
    {
        var pixels = new PixelBuffer();
        images.Read(index, pixels);
        return pixels.ToImage();
    }

    private void Tell(IReadOnlyList<SampleFailure> unreadable, IEnumerable<string> notes)
    {
        foreach (SampleFailure failure in unreadable)
        {
            context.Terminal.Warn(failure.ToString());
        }

        foreach (string note in notes)
        {
            context.Terminal.Note(note);
        }
    }

    private void Write(string name, Action<string> write)
    {
        context.Cancellation.ThrowIfCancellationRequested();
        write(Path.Combine(Folder, name));
        _files.Add(name);
    }
}
