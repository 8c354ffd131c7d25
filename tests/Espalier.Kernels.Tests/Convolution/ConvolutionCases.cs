using Espalier.Tensors;

namespace Espalier.Kernels.Tests;

/// <summary>The awkward shapes, by name, and random ones, by seed.</summary>
public static class ConvolutionCases
{
    private static readonly Activation[] Activations =
    [
        new(ActivationKind.Relu), new(ActivationKind.Relu6), new(ActivationKind.LeakyRelu, 0.1f), new(ActivationKind.Silu),
        new(ActivationKind.HardSwish), new(ActivationKind.Sigmoid), new(ActivationKind.Gelu), new(ActivationKind.HardSigmoid),
        new(ActivationKind.HardTanh) { Minimum = -0.25, Maximum = 0.75 }, new(ActivationKind.Mish),
    ];

    public static IReadOnlyList<ConvolutionCase> Named { get; } = [.. Widths(), .. Channels(), .. Kernels(), .. Edges(), .. Epilogues(), .. Groups(), .. Networks()];

    /// <summary>A shape that depends only on the seed: mostly small, everything at once.</summary>
    public static ConvolutionCase Random(ulong seed)
    {
        CounterRandom random = new CounterRandom(seed).Stream("convolution case");
        ulong next = 0;
        int Below(int bound) => (int)random.Below(next++, bound);
        ConvolutionCase candidate;
        do
        {
            bool plain = Below(2) == 0; // half of the cases are what Winograd and most networks do: 3x3, stride and dilation 1
            int groups = Below(3) == 0 ? 1 + Below(20) : 1;
            bool depthwise = groups > 1 && Below(2) == 0;
            candidate = new ConvolutionCase
            {
                Name = $"random, seed {seed}",
                Batch = 1 + Below(3),
                Groups = groups,
                InputChannels = groups * (depthwise ? 1 : 1 + Below(groups > 1 ? 12 : 70)),
                OutputChannels = groups * (depthwise ? 1 + (Below(3) / 2) : 1 + Below(groups > 1 ? 12 : 70)),
                Height = 1 + Below(20),
                Width = 1 + Below(34),
                Kernel = plain ? (3, 3) : (1 + Below(5), 1 + Below(5)),
                Stride = plain ? (1, 1) : (1 + Below(3), 1 + Below(3)),
                Dilation = plain ? (1, 1) : (1 + Below(2), 1 + Below(3)),
                Pad = plain && Below(2) == 0 ? new Padding(1, 1, 1, 1) : new Padding(Below(3), Below(3), Below(3), Below(3)),
                Bias = Below(4) > 0,
                Residual = (ResidualKind)Below(3),
                Activation = Below(2) == 0 ? default : Activations[Below(Activations.Length)],
                ExtraInputBorder = Below(2) == 0 ? default : new Padding(Below(3), Below(3), Below(3), Below(3)),
                OutputBorder = Below(2) == 0 ? default : new Padding(Below(3), Below(3), Below(3), Below(3)),
            };
        }
        while (!candidate.IsPossible);

        return candidate;
    }

    private static IEnumerable<ConvolutionCase> Widths()
    {
        foreach (int width in Enumerable.Range(1, 18).Concat([21, 28, 29, 31]))
        {
            yield return new ConvolutionCase { Name = $"3x3 on rows of {width}", Width = width, Height = 5, InputChannels = 17, OutputChannels = 33 };
        }

        foreach (int side in new[] { 1, 2, 3, 4, 5, 6, 7, 8, 9, 13 })
        {
            yield return Pointwise($"1x1 on a map of {side} x {side}", 20, 40) with { Height = side, Width = side };
            yield return Pointwise($"1x1 on a map of {side} x {side} with borders", 9, 18) with
            {
                Height = side,
                Width = side,
                OutputBorder = new Padding(1, 1, 1, 1),
                ExtraInputBorder = new Padding(1, 0, 2, 1),
            };
        }
    }

    private static IEnumerable<ConvolutionCase> Channels()
    {
        foreach ((int input, int output) in new[] { (1, 1), (1, 33), (3, 64), (15, 17), (16, 16), (16, 32), (17, 15), (31, 47), (32, 48), (33, 1), (64, 64), (5, 100), (100, 5), (129, 65) })
        {
            yield return new ConvolutionCase { Name = $"3x3 from {input} to {output} channels", InputChannels = input, OutputChannels = output, Height = 7, Width = 9 };
            yield return Pointwise($"1x1 from {input} to {output} channels", input, output) with { Height = 5, Width = 3 };
        }

        yield return Pointwise("1x1 from 1,000 channels", 1000, 24) with { Height = 3, Width = 5 };
        yield return new ConvolutionCase { Name = "3x3 from 300 channels", InputChannels = 300, OutputChannels = 20, Height = 9, Width = 8 };
    }

    private static IEnumerable<ConvolutionCase> Kernels()
    {
        (int, int)[] kernels = [(1, 2), (2, 1), (2, 2), (1, 3), (3, 1), (1, 7), (7, 1), (4, 4), (5, 5), (3, 5), (7, 7), (11, 11)];
        foreach ((int height, int width) in kernels)
        {
            yield return new ConvolutionCase
            {
                Name = $"{height}x{width} kernel",
                Kernel = (height, width),
                Height = 12,
                Width = 13,
                InputChannels = 6,
                OutputChannels = 18,
                Pad = new Padding(height / 2, width / 2, height / 2, width / 2),
            };
            yield return new ConvolutionCase
            {
                Name = $"{height}x{width} kernel, stride 2",
                Kernel = (height, width),
                Stride = (2, 2),
                Height = 12,
                Width = 13,
                InputChannels = 4,
                OutputChannels = 9,
                Pad = new Padding(height / 2, width / 2, height / 2, width / 2),
            };
        }

        var basis = new ConvolutionCase { Name = "", InputChannels = 10, OutputChannels = 20, Height = 14, Width = 15 };
        yield return basis with { Name = "stride 3 x 2", Stride = (3, 2) };
        yield return basis with { Name = "stride 1 x 4", Stride = (1, 4) };
        yield return basis with { Name = "stride larger than the kernel", Stride = (5, 4) };
        yield return basis with { Name = "dilation 2", Dilation = (2, 2), Pad = new Padding(2, 2, 2, 2) };
        yield return basis with { Name = "dilation 3 x 1", Dilation = (3, 1), Pad = new Padding(3, 1, 3, 1) };
        yield return basis with { Name = "dilation 1 x 4 and stride 2 x 3", Dilation = (1, 4), Stride = (2, 3), Pad = new Padding(1, 4, 1, 4) };
        yield return Pointwise("1x1 with stride 2", 20, 40) with { Height = 9, Width = 10, Stride = (2, 2) };
        yield return Pointwise("1x1 with padding", 7, 19) with { Height = 4, Width = 5, Pad = new Padding(1, 2, 3, 1) };
    }

    private static IEnumerable<ConvolutionCase> Edges()
    {
        var basis = new ConvolutionCase { Name = "", InputChannels = 9, OutputChannels = 21 };
        yield return basis with { Name = "3x3 on one pixel", Height = 1, Width = 1 };
        yield return basis with { Name = "kernel larger than the map", Height = 2, Width = 3, Kernel = (5, 7), Pad = new Padding(2, 3, 2, 3) };
        yield return basis with { Name = "kernel exactly as large as the map", Height = 6, Width = 5, Kernel = (6, 5), Pad = default };
        yield return basis with { Name = "no padding", Pad = default };
        yield return basis with { Name = "padding only above", Pad = new Padding(1, 0, 0, 0) };
        yield return basis with { Name = "padding only on the right", Pad = new Padding(0, 0, 0, 2) };
        yield return basis with { Name = "padding of more than the kernel", Pad = new Padding(3, 4, 5, 3) };
        yield return basis with { Name = "stride leaves a row over", Height = 8, Width = 10, Stride = (2, 2), Pad = new Padding(1, 1, 1, 1) };
        yield return basis with { Name = "stride steps over the edge", Height = 3, Width = 3, Stride = (4, 4) };
        yield return basis with { Name = "one row", Height = 1, Width = 40 };
        yield return basis with { Name = "one column", Height = 40, Width = 1 };
        yield return basis with { Name = "high and narrow", Height = 33, Width = 3 };
        yield return basis with { Name = "border larger than read", ExtraInputBorder = new Padding(2, 1, 3, 2), OutputBorder = new Padding(1, 2, 1, 3) };
        yield return basis with { Name = "three images", Batch = 3, OutputBorder = new Padding(0, 1, 1, 0) };
        yield return basis with { Name = "no images", Batch = 0 };
    }

    private static IEnumerable<ConvolutionCase> Epilogues()
    {
        var basis = new ConvolutionCase { Name = "", InputChannels = 18, OutputChannels = 35, Height = 7, Width = 9 };
        yield return basis with { Name = "no bias", Bias = false };
        foreach (ResidualKind residual in Enum.GetValues<ResidualKind>())
        {
            foreach (Activation activation in Activations)
            {
                yield return basis with { Name = $"{activation.Kind}, residual {residual}", Activation = activation, Residual = residual, OutputBorder = new Padding(1, 1, 1, 1) };
            }
        }

        yield return basis with { Name = "residual in the output, no activation", Residual = ResidualKind.SameAsOutput, Batch = 2 };
        yield return basis with { Name = "residual elsewhere, no activation, no bias", Residual = ResidualKind.Separate, Batch = 2, Bias = false };
        yield return Pointwise("1x1 with a residual in the output and ReLU", 33, 17) with
        {
            Height = 7,
            Width = 7,
            Residual = ResidualKind.SameAsOutput,
            Activation = new Activation(ActivationKind.Relu),
        };
    }

    private static IEnumerable<ConvolutionCase> Groups()
    {
        (int Groups, int Inputs, int Outputs)[] shapes =
        [
            (2, 1, 1), (2, 3, 5), (2, 8, 8), (2, 16, 16), (2, 20, 32), (2, 17, 16), (3, 5, 7), (3, 48, 48), (4, 4, 4), (4, 6, 2), (5, 1, 3), (7, 2, 1),
            (8, 8, 8), (32, 4, 4), (16, 2, 2), (3, 16, 32), (4, 9, 48), (5, 4, 4), (2, 40, 64), (33, 3, 1), (2, 4, 2), (4, 4, 8),
        ];
        foreach ((int groups, int inputs, int outputs) in shapes)
        {
            yield return new ConvolutionCase
            {
                Name = $"{groups} groups of {inputs} to {outputs} channels",
                Groups = groups,
                InputChannels = groups * inputs,
                OutputChannels = groups * outputs,
                Height = 6,
                Width = 9,
            };
        }

        yield return new ConvolutionCase
        {
            Name = "grouped, stride 2, dilation 2, residual, SiLU",
            Groups = 6,
            InputChannels = 24,
            OutputChannels = 24,
            Height = 11,
            Width = 13,
            Stride = (2, 2),
            Dilation = (2, 2),
            Residual = ResidualKind.Separate,
            Activation = new Activation(ActivationKind.Silu),
            Batch = 2,
        };
        foreach (int channels in new[] { 1, 3, 16, 17, 32, 50 })
        {
            ConvolutionCase depthwise = Depthwise($"depthwise 3x3 of {channels} channels", channels);
            yield return depthwise;
            yield return depthwise with { Name = depthwise.Name + ", stride 2", Stride = (2, 2), Activation = new Activation(ActivationKind.Relu6) };
        }

        yield return Depthwise("depthwise 5x5", 20) with { Kernel = (5, 5), Pad = new Padding(2, 2, 2, 2), Width = 31 };
        yield return Depthwise("depthwise 1x3 with a residual", 20) with { Kernel = (1, 3), Pad = new Padding(0, 1, 0, 1), Residual = ResidualKind.SameAsOutput };
        yield return Depthwise("depthwise, dilated", 9) with { Dilation = (2, 3), Pad = new Padding(2, 3, 2, 3), Batch = 3 };
        yield return Depthwise("depthwise on one pixel", 19) with { Height = 1, Width = 1 };
        yield return Depthwise("depthwise, multiplier 2", 10) with { OutputChannels = 20 };
        yield return Depthwise("depthwise, multiplier 3", 11) with { OutputChannels = 33 };
    }

    private static IEnumerable<ConvolutionCase> Networks()
    {
        var relu = new Activation(ActivationKind.Relu);
        yield return new ConvolutionCase
        {
            Name = "a ResNet's stem",
            InputChannels = 3,
            OutputChannels = 64,
            Height = 56,
            Width = 48,
            Kernel = (7, 7),
            Stride = (2, 2),
            Pad = new Padding(3, 3, 3, 3),
            Activation = relu,
        };
        yield return new ConvolutionCase
        {
            Name = "a ResNet's stem on an image in blocks of 4",
            InputChannels = 3,
            OutputChannels = 64,
            Height = 22,
            Width = 20,
            Kernel = (7, 7),
            Stride = (2, 2),
            Pad = new Padding(3, 3, 3, 3),
            InputLanes = 4,
        };
        yield return Pointwise("1x1 on blocks of 2", 7, 18) with { InputLanes = 2 };
        yield return new ConvolutionCase
        {
            Name = "a ResNet's 3x3 at 14 x 14",
            InputChannels = 64,
            OutputChannels = 64,
            Height = 14,
            Width = 14,
            Residual = ResidualKind.Separate,
            Activation = relu,
            OutputBorder = new Padding(1, 1, 1, 1),
        };
        yield return new ConvolutionCase
        {
            Name = "a ResNet's 3x3 at 7 x 7",
            InputChannels = 96,
            OutputChannels = 96,
            Height = 7,
            Width = 7,
            Residual = ResidualKind.SameAsOutput,
            Activation = relu,
            Batch = 2,
        };
        yield return new ConvolutionCase { Name = "3x3 on a map of several bands", InputChannels = 40, OutputChannels = 72, Height = 61, Width = 45, Activation = relu };
        yield return Pointwise("1x1 on a map of several bands", 130, 70) with { Height = 29, Width = 28, Activation = relu };
    }

    private static ConvolutionCase Pointwise(string name, int inputs, int outputs) =>
        new() { Name = name, InputChannels = inputs, OutputChannels = outputs, Kernel = (1, 1), Pad = default };

    private static ConvolutionCase Depthwise(string name, int channels) =>
        new() { Name = name, InputChannels = channels, OutputChannels = channels, Groups = channels, Height = 8, Width = 15 };
}
