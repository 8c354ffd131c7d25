namespace Espalier;

/// <summary>The result for one of several classified images.</summary>
/// <param name="Name">The path of the file, or <c>image</c> and its index for an image in memory.</param>
/// <param name="Predictions">The most probable classes, the most probable first; empty if the image could not be read.</param>
/// <param name="Error">The reason why the image could not be read, or <see langword="null"/>.</param>
public sealed record ClassifiedImage(string Name, Prediction[] Predictions, string? Error)
{
    /// <summary>The name with the predictions or the error.</summary>
    public override string ToString() => $"{Name}: {Error ?? string.Join(", ", Predictions)}";
}
