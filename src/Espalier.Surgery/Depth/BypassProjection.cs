namespace Espalier.Surgery;

/// <summary>The shortcut around a bypassed module whose output has a different shape than its input. If the shapes are equal, the shortcut is the input itself.</summary>
public enum BypassProjection
{
    /// <summary>Nothing: modules that change the shape are an error.</summary>
    None,

    /// <summary>A new 1x1 convolution with the module's stride.</summary>
    Fresh1x1,

    /// <summary>A new 3x3 convolution with the module's stride.</summary>
    Fresh3x3,

    /// <summary>A copy of the module's first convolution, trained separately.</summary>
    Cloned,

    /// <summary>The module's first convolution itself, with tied parameters.</summary>
    Tied,
}
