namespace Espalier;

/// <summary>One of many images that were classified.</summary>
/// <param name="Name">Its file, or its place where it came from memory.</param>
/// <param name="Predictions">The most probable classes, best first; none where the image could not be read.</param>
/// <param name="Error">Why it could not be read, or <see langword="null"/>.</param>
public sealed record ClassifiedImage(string Name, Prediction[] Predictions, string? Error)
{
    /// <summary>The name, and the classes with their probabilities or what is wrong.</summary>
    public override string ToString() => $"{Name}: {Error ?? string.Join(", ", Predictions)}";
}
