using Espalier.Data;
using Espalier.Imaging;

namespace Espalier.Cli;

/// <summary>The verb <c>explain</c>: shows what a network does with photos, or without photos what it consists of.</summary>
internal sealed class ExplainVerb : Verb
{
    private const int UsualBatch = 8;
    private const string UsualFolder = "explanations";

    private readonly ClassifierOptions _classifier = new(UsualBatch);
    private readonly Argument<string[]> _images = new("IMAGES")
    {
        Description = "The photos to explain (JPEG, PNG, WebP, BMP, GIF, TIFF), or folders of them, at any depth. Without any, the network as a whole is explained.",
        Arity = ArgumentArity.ZeroOrMore,
    };

    private readonly PhotoExplanationOptions _photos = new();
    private readonly NetworkExplanationOptions _network = new();
    private readonly Option<string> _output = new("--output", "-o")
    {
        Description = "The folder that the pictures (.png) and the values in them (.json) are written to; it is created.",
        HelpName = "FOLDER",
        DefaultValueFactory = _ => UsualFolder,
    };

    private readonly ReportOptions _report = new("Also writes a row for each explanation of a photo, or for each layer.");

    internal ExplainVerb(CliContext context)
        : base(
            context,
            "explain",
            "Shows what a network does with a photo: where it shows what makes the network see a class in it (class activation map), feature maps, the effect of covering parts, receptive fields. Unless other explanations are chosen, the class activation map of the most probable class is written. Without photos it shows the network: zeros, channels, filters and weights of each layer; with --data also its values, dead channels, what each residual block adds, and its errors.",
            "espalier explain flowers.espalier photo.jpg",
            "espalier explain resnet50 --weights resnet50-0676ba61.pth --labels imagenet_classes.txt dog.jpg --class 'tiger cat' --cam grad-cam",
            "espalier explain flowers.espalier photo.jpg --map layer1.0 --map layer4 -o maps/",
            "espalier explain flowers.espalier photo.jpg --occlusion --patch 32 --receptive-field layer3:7,7",
            "espalier explain small.espalier --before flowers.espalier --data flowers/test -o inside/",
            "espalier explain flowers.espalier --neighbours photos/ --image photo.jpg")
    {
        _classifier.AddTo(this);
        this.AddAll(_images);
        _photos.AddTo(this);
        _network.AddTo(this);
        this.AddAll(_output);
        _report.AddTo(this);
    }

    private protected override int Run(ParseResult parsed) =>
        parsed.GetValue(_images) is { Length: > 0 } images ? ExplainPhotos(parsed, images) : ExplainNetwork(parsed);

    private int ExplainNetwork(ParseResult parsed)
    {
        _photos.RequireNone(parsed);
        _network.Require(parsed);
        (Model model, ImageClassifierOptions options) = _classifier.Read(parsed, model => _network.Classes.Label(parsed, model), Context);
        var explanation = new NetworkExplanation(Context, _network, parsed)
        {
            Folder = parsed.GetRequiredValue(_output),
            Title = ModelNames.Of(_classifier.Model(parsed)),
            Running = options with { Decoding = DecodingOptions.Read(parsed) },
        };
        _report.Show(parsed, Terminal, explanation.Run(model));
        return ExitCode.Success;
    }

    private int ExplainPhotos(ParseResult parsed, string[] paths)
    {
        _network.RequireNone(parsed);
        _photos.Require(parsed);
        string folder = parsed.GetRequiredValue(_output);
        var photos = new ReadablePhotos(ImageFileDataset.OpenUnlabelled(paths, DecodingOptions.Read(parsed)), Terminal);
        (Model model, ImageClassifierOptions options) = _classifier.Read(parsed, model => _network.Classes.Label(parsed, model), Context);
        using var explainer = new PhotoExplainer(model, options);
        PhotoExplanationRequest request = _photos.Read(parsed, explainer);
        FileErrors.CreateFolder(folder);
        var files = new ExplanationFiles(folder);
        List<WrittenExplanations> written = [];
        foreach ((string name, Image image) in photos.Read())
        {
            Context.Cancellation.ThrowIfCancellationRequested();
            written.Add(Explain(explainer, explainer.Read(image, name), request, files));
        }

        _report.Show(parsed, Terminal, new PhotoExplanationReport(written, folder).Report());
        return photos.Failures == 0 ? ExitCode.Success : ExitCode.UserError;
    }

    private WrittenExplanations Explain(PhotoExplainer explainer, ExplainedPhoto photo, PhotoExplanationRequest request, ExplanationFiles files)
    {
        List<WrittenExplanation> written = [];
        foreach ((string title, Func<IProgress<double>, PhotoExplanation> explain) in request.Explanations(explainer, photo, Context.Cancellation))
        {
            PhotoExplanation? explanation = null;
            const int Steps = 1000;
            ProgressBar.Run(Terminal, title, Steps, report => explanation = explain(new DirectProgress<double>(done => report((long)(Steps * done)))));
            if (explanation is ClassActivationMap { Note: string note } && files.IsFirst(note))
            {
                Terminal.Note(note);
            }

            written.Add(files.Write(explanation!));
        }

        return new WrittenExplanations(photo.Name, [.. photo.Predictions.Take(PhotoExplanationReport.Top)], written);
    }
}
