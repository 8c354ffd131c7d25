using Espalier.Imaging;
using Espalier.Tensors;

namespace Espalier;

/// <summary>A photo as a network has seen and classified it: what explanations are about.</summary>
public sealed class ExplainedPhoto
{
    internal ExplainedPhoto(string name, Image image, Tensor input, InputPlacement placement, Prediction[] predictions) =>
        (Name, Image, Input, Placement, Predictions) = (name, image, input, placement, predictions);

    /// <summary>The name of the file, or what the caller gave.</summary>
    public string Name { get; }

    /// <summary>The photo, upright where its EXIF orientation was applied. All coordinates in results are those of this image.</summary>
    public Image Image { get; }

    /// <summary>The network's input: float32, [1, channels, height, width].</summary>
    public Tensor Input { get; }

    /// <summary>Where the input lies in the photo.</summary>
    public InputPlacement Placement { get; }

    /// <summary>All classes, the most probable first: those of <see cref="ImageClassifier.Classify(Image, int)"/>, bit for bit.</summary>
    public IReadOnlyList<Prediction> Predictions { get; }

    /// <summary>The name and the best class.</summary>
    public override string ToString() => $"{Name}: {Predictions[0]}";
}
