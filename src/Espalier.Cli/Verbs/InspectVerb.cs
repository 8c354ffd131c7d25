namespace Espalier.Cli;

/// <summary>Says what a file is.</summary>
internal sealed class InspectVerb : Verb
{
    private readonly Argument<string> _file = new("FILE") { Description = "Any file: a checkpoint, a model file, data, a picture, a list of labels." };
    private readonly ReportOptions _report = new("Also writes a row for each tensor.");

    internal InspectVerb(CliContext context)
        : base(
            context,
            "inspect",
            "Says what a file is, by its content: PyTorch checkpoint of any age, safetensors, model file, checkpoint of a training, data, picture. Of weights: their names, shapes and element types, the network of the zoo that they are of, and the command lines that use them. Nothing in a file is executed.",
            "espalier inspect resnet20-12fca82f.th",
            "espalier inspect flowers.espalier --json",
            "espalier inspect downloaded.bin")
    {
        Add(_file);
        DecodingOptions.AddTo(this);
        _report.AddTo(this);
    }

    private protected override int Run(ParseResult parsed)
    {
        _report.Show(parsed, Terminal, InspectReport.Of(FileInspection.Of(parsed.GetRequiredValue(_file), DecodingOptions.Read(parsed).Limits)));
        return ExitCode.Success;
    }
}
