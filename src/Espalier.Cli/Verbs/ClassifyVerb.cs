using System.CommandLine;
using System.Text.Json;
using Espalier.Data;
using Espalier.Inference;

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

    private readonly Option<string?> _labels = LabelsFile.Option();
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
        using Classifier classifier = _classifier.Load(parsed, model => LabelsFile.Apply(parsed.GetValue(_labels), model), Terminal);
        int top = parsed.GetValue(_top);
        bool json = parsed.GetValue(_json);
        var answers = new List<(string Name, Prediction[] Predictions)>();
        ProgressBar.Run(Terminal, "classify", images.Count, report => classifier.Run(images, (index, logits) =>
        {
            answers.Add((images.NameOf(index), Prediction.Top(logits.Span, top, classifier.Model.Metadata.Labels)));
            report(answers.Count);
        }, Context.Cancellation));

        foreach (SampleFailure failure in classifier.Failures)
        {
            Terminal.Warn(failure.ToString());
        }

        if (json)
        {
            Json.Print(Terminal, writer => Write(writer, answers, classifier.Failures));
        }
        else
        {
            Print(answers);
        }

        return ExitCode.Success;
    }

    private void Print(List<(string Name, Prediction[] Predictions)> answers)
    {
        foreach ((string name, Prediction[] predictions) in answers)
        {
            Terminal.Out.WriteLine(Visible.Text(name));
            foreach (Prediction prediction in predictions)
            {
                Terminal.Out.WriteLine($"  {Amount.Percent(prediction.Probability),7}  {Visible.Text(prediction.Label)}");
            }
        }
    }

    private static void Write(Utf8JsonWriter json, List<(string Name, Prediction[] Predictions)> answers, IReadOnlyList<SampleFailure> failures)
    {
        json.WriteStartArray();
        foreach ((string name, Prediction[] predictions) in answers)
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

        foreach (SampleFailure failure in failures)
        {
            json.WriteStartObject();
            json.WriteString("image", failure.Name);
            json.WriteString("error", failure.Reason);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
