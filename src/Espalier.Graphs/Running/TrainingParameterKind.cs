namespace Espalier.Graphs;

/// <summary>What a parameter does: weight decay is often left out for all but weights.</summary>
public enum TrainingParameterKind
{
    /// <summary>The weights of a convolution or a fully connected layer.</summary>
    Weight,

    /// <summary>The bias of a convolution or a fully connected layer.</summary>
    Bias,

    /// <summary>The scale or shift of a norm.</summary>
    Norm,

    /// <summary>The scale of a quantization: positive, which an optimizer must preserve. Weight decay never applies to it.</summary>
    Scale,
}
