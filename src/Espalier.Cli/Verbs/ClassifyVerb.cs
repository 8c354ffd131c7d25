using System.CommandLine;
using System.Text.Json;
using Espalier.Data;

namespace Espalier.Cli;

/// <summary>Says what is in pictures.</summary>
internal sealed class ClassifyVerb : Verb
{
    private const int UsualBatch = 8;

    private readonly ClassifierOptions _classifier = new(UsualBatch);
    private readonly Argument<string[]> _images = new("IMAGES")
    {
        Description = "JPEG and PNG files, or folders of them, at any depth.",
        Arity = ArgumentArity.OneOrMore,
    };

    private readonly Option<string?> _labels = LabelsOption.Create();
    private readonly Option<int> _top = NumberOption.Create("--top", "How many classes to show, the most probable first.", 1, int.MaxValue, 5);
    private readonly Option<bool> _json = CommonOptions.Json();

    internal ClassifyVerb(CliContext context)
        : base(
            context,
            "classify",
            "Says what pictures show: the most probable classes of each with their probabilities (softmax of the logits).",
            "espalier classify resnet50 --weights resnet50-0676ba61.pth --labels imagenet_classes.txt dog.jpg",
            "espalier classify flowers.espalier photos/ --top 1",
            "espalier classify flowers.espalier photos/ --json > answers.json")
    {
        _classifier.AddTo(this);
        Add(_images);
        Add(_labels);
        Add(_top);
        Add(_json);
    }

    private protected override int Run(ParseResult parsed)
    {
        ImageFileDataset images = ImageFileDataset.OpenUnlabelled(parsed.GetRequiredValue(_images));
        using ImageClassifier classifier = _classifier.Load(parsed, model => LabelsOption.Apply(parsed.GetValue(_labels), model), Terminal);
        IReadOnlyList<ClassifiedImage> answers = [];
        ProgressBar.Run(Terminal, "classify", images.Count, report =>
            answers = classifier.ClassifyAll(images, parsed.GetValue(_top), new DirectProgress<int>(done => report(done)), Context.Cancellation));
        ClassifiedImage[] known = [.. answers.Where(answer => answer.Error is null)], failures = [.. answers.Where(answer => answer.Error is not null)];
        foreach (ClassifiedImage failure in failures)
        {
            Terminal.Warn(new SampleFailure(0, failure.Name, failure.Error!).ToString());
        }

        if (parsed.GetValue(_json))
        {
            Json.Print(Terminal, writer => Write(writer, known, failures));
        }
        else
        {
            Print(known);
        }

        return ExitCode.Success;
    }

    private void Print(ClassifiedImage[] answers)
    {
        foreach ((string name, Prediction[] predictions, _) in answers)
        {
            Terminal.Out.WriteLine(Visible.Text(name));
            foreach (Prediction prediction in predictions)
            {
                Terminal.Out.WriteLine($"  {Amount.Percent(prediction.Probability),7}  {Visible.Text(prediction.Label)}");
            }
        }
    }

    private static void Write(Utf8JsonWriter json, ClassifiedImage[] answers, ClassifiedImage[] failures)
    {
        json.WriteStartArray();
        foreach ((string name, Prediction[] predictions, _) in answers)
        {
            json.WriteStartObject();
            json.WriteString("image", name);
            json.WriteStartArray("predictions");
            foreach (Prediction prediction in predictions)
            {
                json.WriteStartObject();
                json.WriteNumber("class", prediction.Class);
                json.WriteString("label", prediction.Label);
                json.WriteFinite("probability", prediction.Probability);
                json.WriteFinite("logit", prediction.Logit);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        foreach (ClassifiedImage failure in failures)
        {
            json.WriteStartObject();
            json.WriteString("image", failure.Name);
            json.WriteString("error", failure.Error);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
