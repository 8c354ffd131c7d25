using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Models;

/// <summary>Options of a RegNet: its widths follow from three numbers (Radosavovic 2020, §3.3). <see cref="RegNetTable"/> has the options of the published networks.</summary>
public readonly record struct RegNetOptions()
{
    private const int Quantum = 8; // widths are multiples of it

    /// <summary>The architecture's name, such as <c>regnet_y_400mf</c>.</summary>
    public string Architecture { get; init; } = "regnet";

    /// <summary>Number of blocks.</summary>
    public int Depth { get; init; } = 16;

    /// <summary>Width of the first block, w₀; a multiple of 8.</summary>
    public int InitialWidth { get; init; } = 48;

    /// <summary>By how much the width grows from block to block before rounding, w_a.</summary>
    public double Slope { get; init; } = 27.89;

    /// <summary>The quotient of the widths of neighbouring stages, w_m; above 1.</summary>
    public double Step { get; init; } = 2.09;

    /// <summary>Channels of each group of the 3x3 convolutions.</summary>
    public int GroupWidth { get; init; } = 8;

    /// <summary>Squeeze and excitation's inner channels divided by the block's input channels: 0.25 in RegNet Y; 0 for none, as in RegNet X.</summary>
    public double SqueezeExcitation { get; init; }

    /// <summary>Channels of the first convolution.</summary>
    public int StemChannels { get; init; } = 32;

    /// <summary>The norm of every layer.</summary>
    public Norm Norm { get; init; } = Norms.Batch;

    /// <summary>Number of classes.</summary>
    public int Classes { get; init; } = 1000;

    /// <summary>Channels and size of the input image.</summary>
    public FeatureMap Input { get; init; } = new(3, 224, 224);

    /// <summary>
    /// Width and number of blocks of each stage: block j would have the width w₀ + w_a·j (eq. 2); it gets the power of w_m nearest to it (eq. 3 and 4), as a multiple of 8
    /// and of the group's width. Computed in float32, as torchvision does.
    /// </summary>
    internal IEnumerable<(int Channels, int Blocks)> Stages()
    {
        (float initial, float slope, float logarithm) = (InitialWidth, (float)Slope, (float)Math.Log(Step));
        float step = (float)Step;
        int group = GroupWidth;
        return Enumerable.Range(0, Depth)
            .Select(block => MathF.Round(MathF.Log(((block * slope) + initial) / initial) / logarithm))
            .Select(power => (int)(MathF.Round(initial * MathF.Pow(step, power) / Quantum) * Quantum))
            .CountBy(width => width)
            .Select(stage => (ChannelCount.ToMultiple(stage.Key, Math.Min(group, stage.Key)), stage.Value));
    }

    /// <summary>Throws unless the numbers are valid.</summary>
    internal void Check()
    {
        const int MostBlocks = 1000;
        const int Widest = 1 << 16;
        if (Depth is < 1 or > MostBlocks || InitialWidth < Quantum || InitialWidth % Quantum != 0 || !(Slope >= 0) || !(Step > 1) || GroupWidth < 1 || !(InitialWidth + (Slope * Depth) <= Widest))
        {
            GraphException.Throw(
                Architecture,
                FormattableString.Invariant($"expected 1 to {MostBlocks} blocks, an initial width that is a multiple of {Quantum}, a slope of at least 0, a step above 1, groups of at least 1 channel and widths up to {Widest}; ")
                + FormattableString.Invariant($"found {Depth} blocks, an initial width of {InitialWidth}, a slope of {Slope}, a step of {Step} and groups of {GroupWidth}"));
        }

        if (!(SqueezeExcitation is >= 0 and <= 1))
        {
            GraphException.Throw(Architecture, FormattableString.Invariant($"expected a ratio of squeeze and excitation from 0 to 1, found {SqueezeExcitation}"));
        }
    }
}
