using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Accelerated;

/// <summary>A position of a convolution's kernel in one channel, as offsets that are added to a pixel's.</summary>
internal struct Tap
{
    /// <summary>Rows and columns from a pixel's first one.</summary>
    internal int Y, X;

    /// <summary>Where the channel begins in a sample.</summary>
    internal int Offset;

    /// <summary>Where its weight lies among those of a channel on the other side.</summary>
    internal int Weight;
}

/// <summary>What kernels know of a convolution.</summary>
internal readonly struct ConvolutionShape
{
    internal ConvolutionShape(Conv2d op, FeatureMap input, FeatureMap output)
    {
        (StrideY, StrideX, Top, Left) = (op.Stride.Height, op.Stride.Width, op.Padding.Top, op.Padding.Left);
        (Height, Width, OutHeight, OutWidth) = (input.Height, input.Width, output.Height, output.Width);
        (InEach, OutEach, Area) = (op.InChannels / op.Groups, op.OutChannels / op.Groups, op.Kernel.Area);
        (InLength, OutLength) = (input.Length, output.Length);
    }

    internal readonly int StrideY, StrideX, Top, Left, Height, Width, OutHeight, OutWidth, InEach, OutEach, Area, InLength, OutLength;

    internal int Pixels => Height * Width;

    internal int OutPixels => OutHeight * OutWidth;

    /// <summary>The terms of an output: all positions of the kernel in each input channel of a group.</summary>
    internal static Tap[] OutputTaps(Conv2d op, FeatureMap input) => [.. Enumerable.Range(0, op.InChannels / op.Groups * op.Kernel.Area).Select(term => new Tap
    {
        Y = term % op.Kernel.Area / op.Kernel.Width * op.Dilation.Height,
        X = term % op.Kernel.Width * op.Dilation.Width,
        Offset = term / op.Kernel.Area * input.Pixels,
        Weight = term,
    })];

    /// <summary>The terms of an input's gradient: all positions of the kernel in each output channel of a group.</summary>
    internal static Tap[] InputTaps(Conv2d op, FeatureMap output) => [.. Enumerable.Range(0, op.OutChannels / op.Groups * op.Kernel.Area).Select(term => new Tap
    {
        Y = -(term % op.Kernel.Area / op.Kernel.Width * op.Dilation.Height),
        X = -(term % op.Kernel.Width * op.Dilation.Width),
        Offset = term / op.Kernel.Area * output.Pixels,
        Weight = (term / op.Kernel.Area * (op.InChannels / op.Groups) * op.Kernel.Area) + (term % op.Kernel.Area),
    })];
}
