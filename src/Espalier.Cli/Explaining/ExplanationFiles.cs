namespace Espalier.Cli;

/// <summary>The explanations of a photo, without the photo, of which there may be many.</summary>
/// <param name="Image">The photo's name.</param>
/// <param name="Predictions">The most probable classes.</param>
/// <param name="Explanations">The explanations, in order.</param>
internal sealed record WrittenExplanations(string Image, IReadOnlyList<Prediction> Predictions, IReadOnlyList<WrittenExplanation> Explanations);

/// <summary>What is reported about an explanation that was written.</summary>
/// <param name="Image">The photo's name.</param>
/// <param name="Kind">What it is: see <see cref="PhotoExplanation.Kind"/>.</param>
/// <param name="Node">The node.</param>
/// <param name="Prediction">The class, if it is about one.</param>
/// <param name="Result">A line about it.</param>
/// <param name="Peak">The greatest value of a heat map, and its place in the photo.</param>
/// <param name="File">The name of its files, without extension.</param>
internal sealed record WrittenExplanation(string Image, string Kind, string Node, Prediction? Prediction, string Result, (double Value, double X, double Y)? Peak, string File);

/// <summary>The files of a folder to which explanations are written: <c>dog.jpg.grad-cam.png</c>, <c>dog.jpg.maps.layer4.json</c>.</summary>
internal sealed class ExplanationFiles(string folder)
{
    private readonly HashSet<string> _used = new(StringComparer.OrdinalIgnoreCase);
    private readonly HashSet<string> _notes = new(StringComparer.Ordinal);

    /// <summary>Writes picture and numbers. The name of a second photo of the same name gets a number.</summary>
    internal WrittenExplanation Write(PhotoExplanation explanation)
    {
        string name = Path.GetFileName(explanation.Photo.Name) + "." + NameOf(explanation);
        string path = Path.Combine(folder, name);
        for (int i = 2; !_used.Add(path); i++)
        {
            path = Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"{name}-{i}"));
        }

        explanation.Save(path);
        return PhotoExplanationReport.Describe(explanation, Path.GetFileName(path));
    }

    /// <summary>Whether a note was not printed before.</summary>
    internal bool IsFirst(string note) => _notes.Add(note);

    private static string NameOf(PhotoExplanation explanation) => explanation switch
    {
        FeatureMaps maps => $"{maps.Kind}.{maps.Node}",
        PhotoReceptiveField field => string.Create(CultureInfo.InvariantCulture, $"{field.Kind}.{field.Node}.{field.Region.Row}-{field.Region.Column}"),
        _ => explanation.Kind,
    };
}
