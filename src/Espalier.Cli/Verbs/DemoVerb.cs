using System.CommandLine;
using System.Text.Json;
using Espalier.Cli.Demonstration;
using Espalier.Cli.Measuring;
using Espalier.Cli.Models;
using Espalier.Cli.Options;
using Espalier.Cli.Output;
using Espalier.Graphs;
using Espalier.Imaging;
using Espalier.Inference;
using Espalier.Models;
using Espalier.Tensors;
using Espalier.Training;

namespace Espalier.Cli.Verbs;

/// <summary>Shows what works, in about a minute and without any file.</summary>
internal sealed class DemoVerb : Verb
{
    private const string Network = "resnet50";
    private const int Shown = 3;
    private const int Asked = 6; // pictures
    private const int UsualEpochs = 6;
    private const int UsualImages = 10_000; // with the epochs above: about a minute on two cores
    private static readonly Shape Small = [3, 64, 64]; // the reference executor takes a second for it, and a minute for a photograph

    private readonly Option<ulong> _seed = CommonOptions.Seed();
    private readonly Option<int> _threads = CommonOptions.Threads();
    private readonly Option<int> _epochs = NumberOption.Create("--epochs", "Passes over the drawn pictures that the small network learns from.", 1, 1000, UsualEpochs);
    private readonly Option<int> _images = NumberOption.Create("--images", "How many pictures it learns from.", 100, 1_000_000, UsualImages);
    private readonly Option<string?> _out = new("--out", "-o") { Description = "Where its curves and the pictures it is asked about go; a folder for temporary files unless given.", HelpName = "FOLDER" };
    private readonly Option<string?> _image = new("--image") { Description = "Also writes the picture that it draws, as PNG.", HelpName = "FILE" };
    private readonly Option<bool> _json = CommonOptions.Json();

    internal DemoVerb(CliContext context)
        : base(
            context,
            "demo",
            "Builds a ResNet-50 from a seed, draws its summary, runs it on a picture that it draws itself, checks the fast plan against the reference executor and measures both. Then trains a small ResNet with stochastic depth on drawn shapes, in about a minute, and asks it about a few. Needs no file and no network.",
            "espalier demo",
            "espalier demo --seed 7 --image espalier.png")
    {
        Add(_seed);
        Add(_threads);
        Add(_image);
        Add(_epochs);
        Add(_images);
        Add(_out);
        Add(_json);
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

        Model model = Zoo.Create(Network).Initialize(seed);
        var summary = new NetworkSummary(model.Graph, model.Metadata.Stages);
        if (!json)
        {
            Terminal.Out.WriteLine($"1. {Network}, built from the paper's table, with weights drawn from seed {seed}:");
            new SummaryReport(Network, summary).Print(Terminal, nodes: false, stages: true);
            Terminal.Out.Flush();
        }

        using var predictor = new Predictor(model, new PredictorOptions { Threads = parsed.GetValue(_threads) });
        Tensor input = InputPipelines.Create(model.Metadata.Preprocessing!, model.Graph.ShapeOf(model.Graph.Input.Name)).Run(picture);
        Tensor batch = input.Reshape(input.Shape.Prepend(1));
        Prediction[] top = Prediction.Top(predictor.Run(batch).Read<float>(), Shown, []);
        Context.Cancellation.ThrowIfCancellationRequested();
        if (!json)
        {
            PrintAnswer(picture, top);
        }

        PlanCheck check = PlanCheck.Run(model, predictor, Small, seed, Context.Cancellation);
        Latencies latencies = Measurement.Measure(PlanCheck.WarmUpRuns, PlanCheck.CountedRuns, () => predictor.Run(batch), _ => { }, Context.Cancellation);
        if (!json)
        {
            PrintCheck(check, latencies, predictor.Threads);
        }

        var lesson = new ShapesLesson(Context, seed, predictor.Threads);
        TrainingOutcome learnt = Learn(parsed, lesson, json);
        ShapeAnswer[] answers = Show(parsed, lesson, learnt, json);
        if (json)
        {
            Json.Print(Terminal, writer => Write(writer, summary, top, check, latencies, predictor.Threads, learnt, answers));
        }

        return check.Agrees ? ExitCode.Success : ExitCode.InternalError;
    }

    private TrainingOutcome Learn(ParseResult parsed, ShapesLesson lesson, bool json)
    {
        (int images, int epochs) = (parsed.GetValue(_images), parsed.GetValue(_epochs));
        if (!json)
        {
            Terminal.Out.WriteLine();
            Terminal.Out.WriteLine($"5. {ShapesLesson.Network} with stochastic depth (the last block survives {Amount.Percent(ShapesLesson.LastSurvival)} of the batches) learns ten shapes from {Amount.Exact(images)} pictures:");
            Terminal.Out.Flush();
        }

        return lesson.Learn(images, epochs, json ? Terminal.Error : Terminal.Out);
    }

    private ShapeAnswer[] Show(ParseResult parsed, ShapesLesson lesson, TrainingOutcome learnt, bool json)
    {
        string folder = Path.GetFullPath(parsed.GetValue(_out) ?? Path.Combine(Path.GetTempPath(), "espalier-demo"));
        Directory.CreateDirectory(folder);
        ShapeAnswer[] answers = lesson.Ask(learnt.Model, Asked, folder);
        ChartDrawing.Write(Path.Combine(folder, "curves.svg"), Chart.Of(learnt.History));
        if (json)
        {
            return answers;
        }

        TrainingReport.PrintCurves(Terminal, learnt.History);
        Terminal.Out.WriteLine();
        Terminal.Out.WriteLine($"6. Pictures that it has never seen, written to {folder} with the curves (curves.svg):");
        foreach (ShapeAnswer answer in answers)
        {
            string verdict = answer.Answer == answer.Truth ? "" : $"  (it is a {answer.Truth})";
            Terminal.Out.WriteLine($"   {Path.GetFileName(answer.File),-16}  {Amount.Percent(answer.Probability),7}  {answer.Answer}{verdict}");
        }

        return answers;
    }

    private void PrintAnswer(Image picture, Prediction[] top)
    {
        Terminal.Out.WriteLine();
        Terminal.Out.WriteLine($"2. A picture of an espalier, drawn here ({picture}), resized, cropped, normalised and run. The network says:");
        foreach (Prediction prediction in top)
        {
            Terminal.Out.WriteLine($"   {Amount.Percent(prediction.Probability),7}  class {prediction.Label}");
        }

        Terminal.Out.WriteLine("   This means nothing: weights that were never trained know nothing. 'espalier fetch resnet50' gets trained ones.");
        Terminal.Out.WriteLine();
        Terminal.Out.Flush();
    }

    private void PrintCheck(PlanCheck check, Latencies latencies, int threads)
    {
        string verdict = check.Agrees ? "they agree" : $"THEY DISAGREE: {PlanCheck.Allowed:0e+0} is allowed";
        Terminal.Out.WriteLine($"3. The fast plan against the reference executor, at {check.Input}: greatest difference {check.Difference:0.0e+0} of the greatest logit; {verdict}.");
        Terminal.Out.WriteLine();
        Terminal.Out.WriteLine($"4. Speed with {threads} thread{(threads == 1 ? "" : "s")}:");
        Terminal.Out.WriteLine($"   reference executor at {check.Input}    {Amount.Fixed(check.ReferenceMilliseconds, 1),10} ms");
        Terminal.Out.WriteLine($"   fast plan at {check.Input}             {Amount.Fixed(check.PlanMilliseconds, 1),10} ms");
        Terminal.Out.WriteLine($"   fast plan at 3x224x224           {Amount.Fixed(latencies.Percentile(0.5), 1),10} ms");
    }

    private static void Write(Utf8JsonWriter json, NetworkSummary summary, Prediction[] top, PlanCheck check, Latencies latencies, int threads, TrainingOutcome learnt, ShapeAnswer[] answers)
    {
        json.WriteStartObject();
        json.WriteString("model", Network);
        json.WriteNumber("parameters", summary.Parameters);
        json.WriteNumber("macs", summary.MultiplyAccumulates);
        json.WriteNumber("class", top[0].Class);
        json.WriteBoolean("trained", false);
        json.WriteString("check_input", check.Input.ToString());
        json.WriteFinite("relative_difference", check.Difference);
        json.WriteBoolean("agrees", check.Agrees);
        json.WriteFinite("reference_ms", check.ReferenceMilliseconds);
        json.WriteFinite("plan_ms", check.PlanMilliseconds);
        json.WriteFinite("p50_ms", latencies.Percentile(0.5));
        json.WriteNumber("threads", threads);
        json.WriteFinite("learnt_accuracy", learnt.History[learnt.BestEpoch - 1].ValidationAccuracy);
        json.WriteNumber("pictures_right", answers.Count(answer => answer.Answer == answer.Truth));
        json.WriteStartArray("pictures");
        foreach (ShapeAnswer answer in answers)
        {
            json.WriteStringValue(answer.File);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }
}
