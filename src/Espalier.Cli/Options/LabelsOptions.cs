using Espalier.Data;

namespace Espalier.Cli;

/// <summary>The option --labels: a file with the names of the classes, one per line.</summary>
internal static class LabelsOptions
{
    internal static Option<string?> Create() => new("--labels") { Description = "A text file with the names of classes 0, 1, …, one per line, which become the model's labels.", HelpName = "FILE" };

    /// <summary>A classifier with the labels of a file, or unchanged if <paramref name="path"/> is <see langword="null"/>.</summary>
    internal static Model Apply(string? path, Model model) =>
        path is null ? model : model.With(model.Metadata with { Labels = LabelList.Read(path, OutputClasses.CountOf(model)) });
}
