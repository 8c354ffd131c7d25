using System.CommandLine;
using Espalier.Data;
using Espalier.Graphs;

namespace Espalier.Cli;

/// <summary>The option --labels: the names of classes, one on each line.</summary>
internal static class LabelsOption
{
    internal static Option<string?> Create() => new("--labels") { Description = "A text file with the name of class 0, 1, … on each line, for a model that has no labels or other ones.", HelpName = "FILE" };

    /// <summary>A classifier with the labels of a file, if there is one.</summary>
    internal static Model Apply(string? path, Model model) =>
        path is null ? model : model.With(model.Metadata with { Labels = LabelList.Read(path, OutputClasses.CountOf(model)) });
}
