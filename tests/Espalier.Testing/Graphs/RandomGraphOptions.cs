namespace Espalier.Testing;

/// <summary>What <see cref="RandomGraphs"/> makes.</summary>
public readonly record struct RandomGraphOptions()
{
    /// <summary>Blocks between the stem and the head, at most.</summary>
    public int Blocks { get; init; } = 5;

    /// <summary>Channels of a map, at most; concatenations can double them.</summary>
    public int Channels { get; init; } = 24;

    /// <summary>Rows and columns of the input, at least; 4 or more.</summary>
    public int SmallestInput { get; init; } = 6;

    /// <summary>Rows and columns of the input, at most.</summary>
    public int LargestInput { get; init; } = 20;

    /// <summary>Whether every network ends in a vector (logits, or probabilities), and none in a map.</summary>
    public bool AlwaysClassifies { get; init; }

    /// <summary>Whether some networks have two outputs.</summary>
    public bool ManyOutputs { get; init; }

    /// <summary>Whether dropout and stochastic depth occur.</summary>
    public bool Randomness { get; init; } = true;
}
