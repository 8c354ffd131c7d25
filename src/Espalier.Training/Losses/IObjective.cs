using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Training;

/// <summary>The objective that training minimizes: a loss of logits and targets, and its gradient.</summary>
/// <remarks>It is called once for each part of a batch and each output that is trained, the first output before auxiliary classifiers, by one thread at a time. The result must be a function of the arguments and of <see cref="Settings"/>, so that a resumed training run is bit-identical.</remarks>
public interface IObjective
{
    /// <summary>The settings that its result depends on, at least one. They are written into the lineage and compared when a training run is resumed.</summary>
    ValueList<LineageSetting> Settings { get; }

    /// <summary>The fraction of each target's probability that is spread evenly over all classes before <see cref="Compute"/> is called, from 0 to 1 (Szegedy 2016, "Rethinking the Inception architecture", §7).</summary>
    double LabelSmoothing => 0;

    /// <summary>Computes the loss and its gradient.</summary>
    /// <param name="batch">Images, logits and targets.</param>
    /// <param name="gradient">Receives ∂loss/∂logits, [images, classes]; all elements must be written.</param>
    /// <returns>The sum of the losses of the images, times <see cref="ObjectiveBatch.Weight"/>.</returns>
    double Compute(ObjectiveBatch batch, Span<float> gradient);
}

/// <summary>The arguments of an objective for a batch or a part of one.</summary>
public readonly ref struct ObjectiveBatch
{
    /// <summary>The network's input, [images, channels, height, width].</summary>
    public required Tensor Images { get; init; }

    /// <summary>The network's output, [images, classes]: the first one or that of an auxiliary classifier.</summary>
    public required ReadOnlySpan<float> Logits { get; init; }

    /// <summary>The target probability of each class for each image.</summary>
    public required TargetDistribution Targets { get; init; }

    /// <summary>The factor of loss and gradient: 1 / images of the whole batch, times <see cref="TrainingOptions.AuxiliaryWeight"/> for an auxiliary classifier.</summary>
    public required double Weight { get; init; }

    /// <summary>Whether the logits are those of an auxiliary classifier.</summary>
    public bool IsAuxiliary { get; init; }
}
