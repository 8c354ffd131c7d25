using Espalier.Tensors;

namespace Espalier.Kernels.Tests;

/// <summary>NaN and infinity reach exactly the outputs that they belong to (Winograd: at least those, and at most their tiles).</summary>
public sealed class NonFiniteTests
{
    private static readonly ConvolutionCase Plain = new() { Name = "not finite", InputChannels = 20, OutputChannels = 40, Height = 13, Width = 17 };

    public static TheoryData<string, string, float> KernelsAndValues()
    {
        var data = new TheoryData<string, string, float>();
        foreach (ConvolutionKernel kernel in ConvolutionKernel.All.Where(kernel => kernel.InstructionSet.IsSupported))
        {
            foreach (float value in new[] { float.NaN, float.PositiveInfinity, float.NegativeInfinity })
            {
                data.Add(kernel.Name, kernel.InstructionSet.Name, value);
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(KernelsAndValues))]
    public void They_stay_within_their_group_and_their_neighbourhood(string name, string set, float value)
    {
        ConvolutionKernel kernel = ConvolutionKernel.All.Single(kernel => kernel.Name == name && kernel.InstructionSet.Name == set);
        ConvolutionCase shape = ShapeFor(kernel);
        const int Row = 6, Column = 8;
        int channel = shape.InputChannels / 2;
        float[] before = new ConvolutionRun(kernel, shape).Run(1);
        float[] after = new ConvolutionRun(kernel, shape, input => input[(((channel * shape.Height) + Row) * shape.Width) + Column] = value).Run(1);
        int slack = name switch { "winograd4" => 3, "winograd2" => 1, _ => 0 }; // pixels by which a tile may reach further than the kernel
        int group = channel / (shape.InputChannels / shape.Groups);
        int outputs = shape.OutputChannels / shape.Groups;
        for (int i = 0; i < after.Length; i++)
        {
            (int output, int place) = Math.DivRem(i, shape.Height * shape.Width);
            int distance = Math.Max(Math.Abs((place / shape.Width) - Row), Math.Abs((place % shape.Width) - Column));
            bool mine = output / outputs == group;
            if (mine && distance <= 1)
            {
                Assert.False(float.IsFinite(after[i]), $"channel {output}, distance {distance}: {after[i]}");
            }
            else if (!mine || distance > 1 + slack)
            {
                Assert.True(before[i].Equals(after[i]), $"channel {output}, distance {distance}: {before[i]} became {after[i]}");
            }
        }
    }

    [Theory]
    [InlineData(ActivationKind.Relu)]
    [InlineData(ActivationKind.Relu6)]
    public void A_clamp_keeps_NaN(ActivationKind activation)
    {
        foreach (ConvolutionKernel kernel in ConvolutionKernel.All.Where(kernel => kernel.InstructionSet.IsSupported))
        {
            ConvolutionCase shape = ShapeFor(kernel) with { Activation = new Activation(activation) };
            float[] result = new ConvolutionRun(kernel, shape, input => input.AsSpan().Fill(float.NaN)).Run(1);
            Assert.All(result, value => Assert.True(float.IsNaN(value), kernel.Name));
        }
    }

    [Fact]
    public void Denormal_numbers_are_computed_with()
    {
        foreach (ConvolutionKernel kernel in ConvolutionKernel.All.Where(kernel => kernel.InstructionSet.IsSupported))
        {
            const float Scale = 1e-42f; // some 700 times the least float
            ConvolutionCase shape = ShapeFor(kernel) with { Bias = false };
            float[] plain = new ConvolutionRun(kernel, shape).Run(1);
            float[] tiny = new ConvolutionRun(kernel, shape, Shrink).Run(1);
            double scale = Math.Max(1, plain.Max(Math.Abs)) * Scale;
            int products = shape.WeightCount / shape.OutputChannels; // each rounded to a multiple of the least float, and more of them in transforms
            for (int i = 0; i < plain.Length; i++)
            {
                Assert.True(Math.Abs(tiny[i] - ((double)plain[i] * Scale)) <= (1e-3 * scale) + (4.0 * products * float.Epsilon), $"{kernel.Name}: {plain[i]} became {tiny[i]}");
            }

            Assert.Contains(tiny, value => value != 0);

            static void Shrink(float[] input)
            {
                for (int i = 0; i < input.Length; i++)
                {
                    input[i] *= Scale;
                }
            }
        }
    }

    private static ConvolutionCase ShapeFor(ConvolutionKernel kernel) => kernel.Name switch
    {
        "depthwise" => Plain with { OutputChannels = 20, Groups = 20 },
        "shuffled" or "grouped" => Plain with { OutputChannels = 20, Groups = 10 },
        _ => Plain,
    };
}
