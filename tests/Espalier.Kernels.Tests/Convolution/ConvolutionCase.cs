using Espalier.Tensors;

namespace Espalier.Kernels.Tests;

/// <summary>A convolution to test, described without any vector width.</summary>
public sealed record ConvolutionCase
{
    public required string Name { get; init; }

    public int Batch { get; init; } = 1;

    public int InputChannels { get; init; } = 3;

    public int OutputChannels { get; init; } = 5;

    public int Height { get; init; } = 6;

    public int Width { get; init; } = 6;

    public (int Height, int Width) Kernel { get; init; } = (3, 3);

    public (int Height, int Width) Stride { get; init; } = (1, 1);

    public (int Height, int Width) Dilation { get; init; } = (1, 1);

    /// <summary>Zero rows and columns around the input, as PyTorch's padding, but for each side.</summary>
    public Padding Pad { get; init; } = new(1, 1, 1, 1);

    public int Groups { get; init; } = 1;

    /// <summary>Channels of a block of the input, where that is not the vector width.</summary>
    public int? InputLanes { get; init; }

    public bool Bias { get; init; } = true;

    public ResidualKind Residual { get; init; }

    public Activation Activation { get; init; }

    /// <summary>Border of the input beyond what is read, with anything in it.</summary>
    public Padding ExtraInputBorder { get; init; }

    /// <summary>Border of the output, which must not be written.</summary>
    public Padding OutputBorder { get; init; }

    public int OutputHeight => ((Height + Pad.Top + Pad.Bottom - ((Kernel.Height - 1) * Dilation.Height) - 1) / Stride.Height) + 1;

    public int OutputWidth => ((Width + Pad.Left + Pad.Right - ((Kernel.Width - 1) * Dilation.Width) - 1) / Stride.Width) + 1;

    /// <summary>Whether the kernel fits into the padded map at all.</summary>
    public bool IsPossible =>
        Height + Pad.Top + Pad.Bottom > (Kernel.Height - 1) * Dilation.Height && Width + Pad.Left + Pad.Right > (Kernel.Width - 1) * Dilation.Width;

    /// <summary>The border that is read: may be less than the padding, where a stride leaves rows over.</summary>
    public Padding ReadBorder => new(
        Pad.Top,
        Pad.Left,
        Math.Max(0, ((OutputHeight - 1) * Stride.Height) - Pad.Top + ((Kernel.Height - 1) * Dilation.Height) - Height + 1),
        Math.Max(0, ((OutputWidth - 1) * Stride.Width) - Pad.Left + ((Kernel.Width - 1) * Dilation.Width) - Width + 1));

    public int WeightCount => OutputChannels * (InputChannels / Groups) * Kernel.Height * Kernel.Width;

    internal ConvolutionProblem ToProblem(int lanes)
    {
        Padding read = ReadBorder;
        Padding extra = ExtraInputBorder;
        var input = read + extra;
        var output = new BlockedLayout(OutputChannels, OutputHeight, OutputWidth, lanes, OutputBorder);
        return new ConvolutionProblem
        {
            Input = new BlockedLayout(InputChannels, Height, Width, InputLanes ?? lanes, input),
            Output = output,
            Residual = Residual switch
            {
                ResidualKind.None => null,
                ResidualKind.SameAsOutput => output,
                _ => output with { Border = new Padding(0, 1, 2, 0) },
            },
            Kernel = Kernel,
            Stride = Stride,
            Dilation = Dilation,
            Padding = Pad,
            Groups = Groups,
            Activation = Activation,
        };
    }

    public override string ToString() => Name;
}
