namespace Espalier;

/// <summary>How a class activation map is computed.</summary>
public enum ClassActivationMethod
{
    /// <summary><see cref="GradCam"/>; for a network in 8 bits, whose roundings have no gradient, <see cref="ScoreCam"/>.</summary>
    Auto,

    /// <summary>
    /// CAM (Zhou 2016, "Learning Deep Features for Discriminative Localization", §2): Σₖ wₖᶜ·Aₖ with the class's weights wᶜ of the fully connected layer that follows the global average pooling of the maps A. The mean of the map plus the layer's bias
    /// is the class's score.
    /// </summary>
    Cam,

    /// <summary>Grad-CAM (Selvaraju 2017, "Grad-CAM: Visual Explanations from Deep Networks via Gradient-based Localization", §3): ReLU(Σₖ αₖᶜ·Aₖ), where αₖᶜ is the mean over the pixels of ∂(score of class c before the softmax)/∂Aₖ.</summary>
    GradCam,

    /// <summary>
    /// Score-CAM (Wang 2020, "Score-CAM: Score-Weighted Visual Explanations for Convolutional Neural Networks", algorithm 1): ReLU(Σₖ αₖᶜ·Aₖ), where αᶜ is the softmax over the channels of the scores that the network gives the class for its input times the map of
    /// channel k, enlarged to the input and scaled from 0 to 1. It needs no gradient but one forward pass for each channel; channels of equal values have no weight. The baseline's score, which is subtracted from all of them, does not change the softmax.
    /// </summary>
    ScoreCam,
}

/// <summary>The options of <see cref="PhotoExplainer.ClassActivation"/>.</summary>
public sealed record ClassActivationOptions
{
    /// <summary>The method.</summary>
    public ClassActivationMethod Method { get; init; }

    /// <summary>The class's index; <see langword="null"/> for the most probable one. <see cref="PhotoExplainer.ClassOf"/> finds it by its name.</summary>
    public int? Class { get; init; }

    /// <summary>The node whose maps are weighted, or a scope for its last one; <see langword="null"/> for <see cref="PhotoExplainer.LastSpatialNode"/>, and for <see cref="ClassActivationMethod.Cam"/> the one that is pooled.</summary>
    public string? Node { get; init; }
}
