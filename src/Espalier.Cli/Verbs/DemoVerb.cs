using Espalier.Imaging;
using Espalier.Training;

namespace Espalier.Cli;

/// <summary>Shows what works, in two to three minutes and without any file.</summary>
internal sealed class DemoVerb : Verb
{
    private const int Asked = 6; // pictures
    private const int UsualEpochs = 6;
    private const int UsualImages = 10_000; // with the epochs above: about two minutes on two cores

    private readonly Option<ulong> _seed = CommonOptions.Seed();
    private readonly Option<int> _threads = CommonOptions.Threads();
    private readonly Option<int> _epochs = NumberOptions.Create("--epochs", "Passes over the drawn pictures that the small network learns from; each fine-tuning makes a third of them.", 1, 1000, UsualEpochs);
    private readonly Option<int> _images = NumberOptions.Create("--images", "How many pictures it learns from.", 100, 1_000_000, UsualImages);
    private readonly Option<string?> _out = new("--out", "-o") { Description = "Where the networks of all steps, the charts and the pictures go; a folder for temporary files unless given.", HelpName = "FOLDER" };
    private readonly Option<string?> _image = new("--image") { Description = "Also writes the picture that it draws, as PNG.", HelpName = "FILE" };
    private readonly Option<bool> _json = CommonOptions.Json();

    internal DemoVerb(CliContext context)
        : base(
            context,
            "demo",
            "Builds a ResNet-50 from a seed, draws its summary, runs it on a picture that it draws itself, checks the fast plan against the reference executor and measures both. Then goes the whole way with a small network on drawn shapes, in two to three minutes: trains it with blocks of branches and stochastic depth, prunes channels and weights, folds and compiles it, shows what each step came to, and asks it about a few pictures. Needs no file and no network.",
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
        lines.WriteLine($"5. {ShapesTraining.Network} with diverse branch blocks and stochastic depth (the last block survives {Amount.Percent(ShapesTraining.LastSurvival)} of the batches) learns ten shapes from {Amount.Exact(parsed.GetValue(_images))} pictures, and gets small:");
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
                "6. What each step came to. ms: one picture on one thread, the network as it stands on one dense kernel; once compiled, on the kernels that suit each layer. Files without zeros once weights are pruned:",
                "",
                journey,
                .. JourneyReport.Slower(steps),
                $"   Kernels of the compiled network: {JourneyTiming.Kernels(steps[^1])}.",
                $"   In {folder}: the network after each step, journey.svg (accuracy against time), curves.svg (the training).",
                $"   'espalier history {Path.GetFileName(steps[^1].File)}' shows the steps that produced it.",
                "",
                "7. The smallest one about pictures that it has never seen, written there too:",
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
