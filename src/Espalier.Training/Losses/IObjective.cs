using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Training;

/// <summary>What a training minimises: a loss of logits and targets, and its gradient.</summary>
/// <remarks>It is asked once for each part of a batch, by one thread. The result has to be a function of what it is given and of <see cref="Settings"/>, so that a resumed training has the same bits.</remarks>
public interface IObjective
{
    /// <summary>What its result depends on, at least one setting: written into the lineage and compared when a training is resumed.</summary>
    ValueList<LineageSetting> Settings { get; }

    /// <summary>The part of each target's probability that is spread over all classes before the objective sees it (Szegedy 2016, "Rethinking the Inception architecture", §7).</summary>
    double LabelSmoothing => 0;

    /// <summary>Computes the loss and its gradient.</summary>
    /// <param name="batch">Images, logits and targets.</param>
    /// <param name="gradient">∂loss/∂logits, [images, classes]; what is in it is overwritten.</param>
    /// <returns>The sum of the images' losses times <see cref="ObjectiveBatch.Weight"/>.</returns>
    double Compute(ObjectiveBatch batch, Span<float> gradient);
}

/// <summary>A batch, or a part of one, as an objective sees it.</summary>
public readonly ref struct ObjectiveBatch
{
    /// <summary>The network's input, [images, channels, height, width].</summary>
    public required Tensor Images { get; init; }

    /// <summary>What the network made of it, [images, classes].</summary>
    public required ReadOnlySpan<float> Logits { get; init; }

    /// <summary>What it should have been: a probability for each class of each image.</summary>
    public required TargetDistribution Targets { get; init; }

    /// <summary>What loss and gradient are multiplied with: 1 / images of the whole batch.</summary>
    public required double Weight { get; init; }
}
