using Espalier.Imaging;
using Espalier.Training;

namespace Espalier.Cli;

/// <summary>The verb <c>demo</c>: shows the main functions in two to three minutes, without any file.</summary>
internal sealed class DemoVerb : Verb
{
    private const int Asked = 6; // pictures
    private const int UsualEpochs = 6;
    private const int UsualImages = 10_000; // with the epochs above: about two minutes on two cores

    private readonly Option<ulong> _seed = CommonOptions.Seed();
    private readonly Option<int> _threads = CommonOptions.Threads();
    private readonly Option<int> _epochs = NumberOptions.Create("--epochs", "Epochs of training of the small network; each fine-tuning has a third of them.", 1, 1000, UsualEpochs);
    private readonly Option<int> _images = NumberOptions.Create("--images", "The number of generated images in its training set.", 100, 1_000_000, UsualImages);
    private readonly Option<string?> _out = new("--out", "-o") { Description = "The folder for the networks of all steps, the charts and the images; by default a temporary folder.", HelpName = "FOLDER" };
    private readonly Option<string?> _image = new("--image") { Description = "Also writes the generated picture as PNG.", HelpName = "FILE" };
    private readonly Option<bool> _json = CommonOptions.Json();

    internal DemoVerb(CliContext context)
        : base(
            context,
            "demo",
            "Builds a ResNet-50 with random weights, prints its summary, runs it on a generated picture, compares the inference plan with the reference executor and measures both. Then runs all steps for a small network on generated shapes, in two to three minutes: trains it with multi-branch blocks and stochastic depth, prunes channels and weights, folds it and tunes its kernels, shows the figures after each step, and classifies a few images. Needs no files and no network connection.",
            "espalier demo",
            "espalier demo --seed 7 --out journey")
    {
        this.AddAll(_seed, _threads, _image, _epochs, _images, _out, _json);
    }

    private protected override int Run(ParseResult parsed)
    {
        ulong seed = parsed.GetValue(_seed);
        bool json = parsed.GetValue(_json);
        Image picture = DemoPicture.Draw();
        if (parsed.GetValue(_image) is string path)
        {
            PngEncoder.Save(picture, path);
        }

        var large = new LargeNetwork(Context, seed, parsed.GetValue(_threads), json);
        large.Show(picture);
        string folder = Path.GetFullPath(parsed.GetValue(_out) ?? Path.Combine(Path.GetTempPath(), "espalier-demo"));
        Directory.CreateDirectory(folder);
        TextWriter lines = json ? Terminal.Error : Terminal.Out;
        var lesson = new ShapesTraining(seed, large.Threads, parsed.GetValue(_images));
        var display = new JourneyDisplay(Context, lines);
        var journey = new Journey(lesson, parsed.GetValue(_epochs), display.Run, display.Tell);
        lines.WriteLine($"5. {ShapesTraining.Network} with diverse branch blocks and stochastic depth (survival probability of the last block {Amount.Percent(ShapesTraining.LastSurvival)}) is trained on {Amount.Exact(parsed.GetValue(_images))} images of ten shapes, then pruned and folded:");
        IReadOnlyList<JourneyStep> steps = Journey.Write(journey.Run(Context.Cancellation), folder);
        ChartDrawing.Write(Path.Combine(folder, "curves.svg"), Chart.Of(journey.Learnt.History));
        ChartDrawing.Write(Path.Combine(folder, "journey.svg"), JourneyReport.Chart(steps));
        ShapeAnswer[] answers = lesson.Ask(steps[^1].Model, Asked, folder);
        Report(large, steps, answers, folder).Show(Terminal, json);
        return large.Check.Agrees ? ExitCode.Success : ExitCode.InternalError;
    }

    private static Report Report(LargeNetwork large, IReadOnlyList<JourneyStep> steps, ShapeAnswer[] answers, string folder)
    {
        ReportTable journey = JourneyReport.Table(steps);
        return new Report(new ReportObject
        {
            large.Data,
            { "journey", journey },
            { "pictures_right", answers.Count(answer => answer.Answer == answer.Truth) },
            { "pictures", ReportValue.List(answers.Select(answer => answer.File)) },
        })
        {
            Text =
            [
                "",
                "6. The figures after each step. ms: one image on one thread, with the same dense kernel for all layers; after compilation, with the fastest kernel for each layer. Once weights are pruned, files omit zeros:",
                "",
                journey,
                .. JourneyReport.Slower(steps),
                $"   Kernels of the compiled network: {JourneyTiming.Kernels(steps[^1])}.",
                $"   In {folder}: the network after each step, journey.svg (accuracy against time), curves.svg (the training).",
                $"   'espalier history {Path.GetFileName(steps[^1].File)}' shows the steps that produced it.",
                "",
                "7. Predictions of the smallest network for images outside the training set, written there too:",
                .. answers.Select(Line),
            ],
        };
    }

    private static ReportPart Line(ShapeAnswer answer)
    {
        string verdict = answer.Answer == answer.Truth ? "" : $"  (it is a {answer.Truth})";
        return $"   {Path.GetFileName(answer.File),-16}  {Amount.Percent(answer.Probability),7}  {answer.Answer}{verdict}";
    }
}
