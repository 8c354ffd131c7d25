namespace Espalier.Cli;

/// <summary>The verb <c>inspect</c>: identifies a file by its content.</summary>
internal sealed class InspectVerb : Verb
{
    private readonly Argument<string> _file = new("FILE") { Description = "Any file: a checkpoint, a model file, data, an image, a list of labels." };
    private readonly ReportOptions _report = new("Also writes a row for each tensor.");

    internal InspectVerb(CliContext context)
        : base(
            context,
            "inspect",
            "Identifies a file by its content: PyTorch checkpoint of any version, safetensors, model file, training checkpoint, data, image. For weights it lists names, shapes and element types, the matching network of the zoo, and command lines that use them. Nothing in a file is executed.",
            "espalier inspect resnet20-12fca82f.th",
            "espalier inspect flowers.espalier --json",
            "espalier inspect downloaded.bin")
    {
        Add(_file);
        _report.AddTo(this);
    }

    private protected override int Run(ParseResult parsed)
    {
        _report.Show(parsed, Terminal, InspectReport.Of(FileInspection.Of(parsed.GetRequiredValue(_file))));
        return ExitCode.Success;
    }
}
