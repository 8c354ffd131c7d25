namespace Espalier.Cli;

/// <summary>The explanations of a photo, and the files that they were written to.</summary>
/// <param name="Photo">The photo.</param>
/// <param name="Explanations">The explanations, in order.</param>
internal sealed record WrittenExplanations(ExplainedPhoto Photo, IReadOnlyList<WrittenExplanation> Explanations);

/// <summary>An explanation and its files.</summary>
/// <param name="Explanation">The explanation.</param>
/// <param name="Path">The path of its files, without extension.</param>
internal sealed record WrittenExplanation(PhotoExplanation Explanation, string Path);

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
        return new WrittenExplanation(explanation, path);
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
