namespace Espalier.Surgery;

/// <summary>What stands in for a module that is bypassed, where its output has another shape than its input. Where the shapes are equal it is the input.</summary>
public enum BypassProjection
{
    /// <summary>Nothing: modules that change the shape are refused.</summary>
    None,

    /// <summary>A new 1x1 convolution with the module's stride.</summary>
    Fresh1x1,

    /// <summary>A new 3x3 convolution with the module's stride.</summary>
    Fresh3x3,

    /// <summary>A copy of the module's first convolution, which trains apart from it.</summary>
    Cloned,

    /// <summary>The module's first convolution itself, under the same parameters' names: both train as one.</summary>
    Tied,
}
