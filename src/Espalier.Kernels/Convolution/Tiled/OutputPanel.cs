namespace Espalier.Kernels;

/// <summary>One or two vectors of output channels computed together, and the input channels that they read.</summary>
internal sealed record OutputPanel
{
    /// <summary>The first output channel block.</summary>
    public required int Block { get; init; }

    /// <summary>1 or 2.</summary>
    public int Vectors { get; init; }

    /// <summary>The first input channel.</summary>
    public required int FirstChannel { get; init; }

    /// <summary>Number of input channels per output channel.</summary>
    public required int Steps { get; init; }

    /// <summary>The offset of the packed weights, in floats.</summary>
    public required int Weights { get; init; }

    /// <summary>The offset of the selectors, in floats.</summary>
    public int Selectors { get; init; }

    /// <summary>
    /// If the panel computes only some lanes of its block: the offset of a vector among the selectors that is positive in those lanes;
    /// otherwise −1.
    /// </summary>
    public int Mask { get; init; }

    /// <summary>Whether it reads the same input as the panel before.</summary>
    public bool SharesInput { get; init; }

    /// <summary>A panel of one vector with all lanes.</summary>
    public OutputPanel()
    {
        (Vectors, Mask) = (1, -1);
    }
}
