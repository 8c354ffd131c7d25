using Espalier.Tensors;
using Espalier.Testing;

namespace Espalier.Kernels.Tests;

/// <summary>An 8-bit convolution with its numbers, and what it is by definition.</summary>
internal sealed record IntegerCase
{
    private const ulong Values = 0x8B17;

    public required ulong Seed { get; init; }

    public int Batch { get; init; } = 1;

    public required int Inputs { get; init; }

    public required int Outputs { get; init; }

    public required Size Map { get; init; }

    public required Conv2dGeometry Geometry { get; init; }

    /// <summary>Channels of a block of the input.</summary>
    public int InputLanes { get; init; } = 16;

    public Padding ExtraBorder { get; init; }

    public Padding OutputBorder { get; init; }

    /// <summary>Blocks of other channels between the images' blocks of input, output and residual.</summary>
    public int OtherBlocks { get; init; }

    public bool HasBias { get; init; }

    public bool HasResidual { get; init; }

    /// <summary>Whether the convolution's own values are rounded before the residual is added.</summary>
    public bool RoundsFirst { get; init; }

    public bool KeepsSums { get; init; }

    /// <summary>Whether the kernel of blocks of weights computes it.</summary>
    public bool IsSparse { get; init; }

    /// <summary>The fraction of blocks of four input channels at one kernel position whose weights are zero.</summary>
    public double ZeroBlocks { get; init; }

    /// <summary>A convolution of awkward sizes.</summary>
    internal static IntegerCase Random(ulong seed)
    {
        var dice = new Dice(seed);
        (int groups, int inputs, int outputs) = RandomChannels(dice);
        while (true)
        {
            var candidate = new IntegerCase
            {
                Seed = seed,
                Batch = dice.Between(1, 3),
                Inputs = inputs,
                Outputs = outputs,
                Map = (dice.Between(1, 17), dice.Between(1, 17)),
                Geometry = new Conv2dGeometry((dice.Pick(1, 1, 2, 3, 3, 5, 7), dice.Pick(1, 1, 2, 3, 3, 5, 7, 9)))
                {
                    Stride = (dice.Between(1, 3), dice.Between(1, 3)),
                    Dilation = (dice.Between(1, 2), dice.Between(1, 2)),
                    Padding = new Padding(dice.Between(0, 3), dice.Between(0, 3), dice.Between(0, 3), dice.Between(0, 3)),
                    Groups = groups,
                },
                InputLanes = dice.Pick(16, 16, 4),
                ExtraBorder = new Padding(0, dice.Between(0, 1), dice.Between(0, 1), 0),
                OutputBorder = new Padding(dice.Between(0, 1), dice.Between(0, 1), dice.Between(0, 2), dice.Between(0, 1)),
                OtherBlocks = dice.Pick(0, 0, 2),
                HasBias = dice.Chance(0.8),
                HasResidual = dice.Chance(0.4),
                RoundsFirst = seed % 2 == 1,
            };
            if (candidate.OutputShape.Pixels > 0)
            {
                return candidate with
                {
                    InputLanes = PixelRow.ObstacleOf(candidate.Problem) is null && dice.Chance(0.6) ? PixelRow.Lanes : candidate.InputLanes,
                    KeepsSums = !candidate.HasResidual && dice.Chance(0.2),
                };
            }
        }
    }

    private static (int Groups, int Inputs, int Outputs) RandomChannels(Dice dice)
    {
        if (dice.Chance(0.1))
        {
            return (1, PixelRow.Lanes, dice.Between(1, 40));
        }

        if (dice.Chance(0.5))
        {
            return (1, dice.Between(1, 40), dice.Between(1, 40));
        }

        if (dice.Chance(0.3))
        {
            int groups = dice.Pick(2, 3, 4, 8);
            return (groups, groups * dice.Between(1, 40 / groups), groups * dice.Between(1, 40 / groups));
        }

        int channels = dice.Pick(1, 1, 1, 2, 4, 8, 16);
        int count = dice.Between(2, Math.Max(2, 40 / channels));
        return (count, count * channels, count * channels);
    }

    internal FeatureMap InputShape => FeatureMap.Of(Inputs, Map);

    internal FeatureMap OutputShape => Geometry.Output(InputShape, Outputs);

    internal Window Window => new(Geometry.Kernel) { Stride = Geometry.Stride, Padding = Geometry.Padding, Dilation = Geometry.Dilation };

    internal int InputZeroPoint => new Dice(Seed + 1).Pick(0, 255, 128, 3, 117);

    internal Requantization Output
    {
        get
        {
            var dice = new Dice(Seed + 2);
            (float low, float high) = dice.Pick<(float, float)>((float.NegativeInfinity, float.PositiveInfinity), (0, float.PositiveInfinity), (0, 6));
            return Requantization.To(0.047f, dice.Pick(0, 128, 255, 77), low, high);
        }
    }

    internal ResidualAddition? Addition
    {
        get
        {
            var dice = new Dice(Seed + 3);
            var addition = new ResidualAddition(1.219f, dice.Pick(0, 128, 9));
            (float low, float high) = dice.Pick<(float, float)>((float.NegativeInfinity, float.PositiveInfinity), (0, float.PositiveInfinity), (-1, 3.3f));
            var own = new OwnRounding(Requantization.To(0.047f, dice.Pick(0, 128, 255, 77), low, high), 0.873f);
            return HasResidual ? addition with { Own = RoundsFirst ? own : null } : null;
        }
    }

    internal sbyte[] Weights()
    {
        int inputs = Inputs / Geometry.Groups, area = Geometry.Kernel.Area;
        sbyte[] weights = Draw("weights", Outputs * inputs * area, x => (sbyte)(x % 255 - 127));
        CounterRandom zeros = new CounterRandom(Values + Seed).Stream("zeros");
        for (int i = 0; i < weights.Length; i++)
        {
            (int output, int input, int position) = (i / area / inputs, i / area % inputs, i % area);
            ulong block = (((ulong)output * (ulong)inputs) + ((ulong)input / 4)) * (ulong)area + (ulong)position;
            weights[i] = zeros.Below(block, 1000) < ZeroBlocks * 1000 ? (sbyte)0 : weights[i];
        }

        return weights;
    }

    internal int[] Bias() => HasBias ? Draw("bias", Outputs, x => x % 20001 - 10000) : [];

    internal float[] Multipliers() => Draw("multipliers", Outputs, x => Requantization.Multiplier(0.02f, 0.001f + (x % 1000 * 1e-5f), 0.047f));

    internal byte[] Input() => Draw("input", Batch * InputShape.Length, x => (byte)x);

    internal byte[] Residual() => HasResidual ? Draw("residual", Batch * OutputShape.Length, x => (byte)x) : [];

    internal ConvolutionProblem Problem
    {
        get
        {
            FeatureMap output = OutputShape;
            return new ConvolutionProblem
            {
                Input = PartOf(new BlockedLayout(Inputs, Map.Height, Map.Width, InputLanes, Window.PaddingRead(Map, output.Size) + ExtraBorder)),
                Output = PartOf(new BlockedLayout(Outputs, output.Height, output.Width, IntegerConvolution.Lanes, OutputBorder)),
                Residual = HasResidual ? PartOf(new BlockedLayout(Outputs, output.Height, output.Width, IntegerConvolution.Lanes, new Padding(0, 1, 0, 0))) : null,
                Kernel = Geometry.Kernel,
                Stride = Geometry.Stride,
                Padding = Geometry.Padding,
                Dilation = Geometry.Dilation,
                Groups = Geometry.Groups,
            };
        }
    }

    private BlockedLayout PartOf(BlockedLayout layout) => OtherBlocks == 0 ? layout : layout with { ImageBlocks = layout.Blocks + OtherBlocks };

    internal PackedIntegerConvolution Pack(IntegerTier tier) => IsSparse ? SparseIntegerConvolution.Pack(Problem, Numbers(), tier) : IntegerConvolution.Pack(Problem, Numbers(), tier);

    internal IntegerWeights Numbers() => new()
    {
        Weights = Weights(),
        Bias = Bias(),
        InputZeroPoint = InputZeroPoint,
        Multipliers = KeepsSums ? [] : Multipliers(),
        Output = Output,
        Addition = Addition,
    };

    /// <summary>The sums by definition.</summary>
    internal int[] ExpectedSums()
    {
        var sums = new int[Batch * OutputShape.Length];
        Reference.IntegerConv2d(Input(), Batch, InputShape, InputZeroPoint, Weights(), Bias(), Outputs, Geometry, sums);
        return sums;
    }

    /// <summary>The output by definition: sums, a residual added where there is one, requantized.</summary>
    internal byte[] Expected()
    {
        var output = new byte[Batch * OutputShape.Length];
        Reference.IntegerRequantize(ExpectedSums(), Batch, OutputShape, Multipliers(), Residual(), Addition, Output, output);
        return output;
    }

    private T[] Draw<T>(string stream, int count, Func<int, T> of)
    {
        CounterRandom random = new CounterRandom(Values + Seed).Stream(stream);
        var values = new T[count];
        for (int i = 0; i < count; i++)
        {
            values[i] = of((int)random.Below((ulong)i, 1 << 20));
        }

        return values;
    }
}
