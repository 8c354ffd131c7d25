namespace Espalier.Kernels.Tests;

public sealed class OptimizerKernelTests
{
    private static readonly int[] Lengths = [0, 1, 3, 4, 7, 8, 15, 16, 17, 31, 33, 100, 4095, 4096, 4097, 10_000];

    [Theory]
    [InlineData(0f, 0f, false, 0f, 1f)]
    [InlineData(0f, 0f, false, 0.01f, 0.5f)]
    [InlineData(0.9f, 0f, false, 5e-4f, 1f)]
    [InlineData(0.9f, 0.25f, false, 0f, 1f)]
    [InlineData(0.9f, 0f, true, 5e-4f, 2f)]
    public void Descent_follows_torch_optim_SGD(float momentum, float dampening, bool nesterov, float weightDecay, float gradientScale)
    {
        var settings = new SgdSettings(0.1f) { Momentum = momentum, Dampening = dampening, Nesterov = nesterov, WeightDecay = weightDecay, GradientScale = gradientScale };
        foreach (int length in Lengths)
        {
            float[] parameter = Maps.Random(length, 1);
            float[] velocity = settings.Momentum == 0 ? [] : Maps.Random(length, 9); // rubbish, which the first step must not read
            (double[] expected, double[] buffer) = (Maps.Doubles(parameter), new double[length]);
            for (int step = 0; step < 3; step++)
            {
                float[] gradient = Maps.Random(length, (ulong)step + 2);
                OptimizerKernel.Sgd(parameter, gradient, velocity, settings with { IsFirstStep = step == 0 });
                for (int i = 0; i < length; i++)
                {
                    double slope = (settings.GradientScale * gradient[i]) + (settings.WeightDecay * expected[i]);
                    buffer[i] = step == 0 ? slope : (settings.Momentum * buffer[i]) + ((1 - settings.Dampening) * slope);
                    double direction = settings.Momentum == 0 ? slope : settings.Nesterov ? slope + (settings.Momentum * buffer[i]) : buffer[i];
                    expected[i] -= settings.LearningRate * direction;
                }
            }

            KernelCheck.AssertClose($"{length} parameters", expected, parameter, 1e-6);
        }
    }

    [Fact]
    public void Adaptive_steps_follow_torch_optim_AdamW()
    {
        foreach (int length in Lengths)
        {
            (float[] parameter, float[] first, float[] second) = (Maps.Random(length, 1), new float[length], new float[length]);
            (double[] expected, double[] mean, double[] square) = (Maps.Doubles(parameter), new double[length], new double[length]);
            for (int step = 1; step <= 4; step++)
            {
                float[] gradient = Maps.Random(length, (ulong)step + 2);
                OptimizerKernel.AdamW(parameter, gradient, first, second, new AdamWSettings(0.01f, step) { WeightDecay = 0.1f, GradientScale = 0.5f });
                for (int i = 0; i < length; i++)
                {
                    double slope = 0.5 * gradient[i];
                    expected[i] *= 1 - (0.01 * 0.1);
                    mean[i] = (0.9 * mean[i]) + (0.1 * slope);
                    square[i] = (0.999 * square[i]) + (0.001 * slope * slope);
                    double deviation = (Math.Sqrt(square[i]) / Math.Sqrt(1 - Math.Pow(0.999, step))) + 1e-8;
                    expected[i] -= 0.01 / (1 - Math.Pow(0.9, step)) * mean[i] / deviation;
                }
            }

            KernelCheck.AssertClose($"{length} parameters", expected, parameter, 1e-5);
        }
    }

    [Fact]
    public void Averages_and_sums_agree_with_the_definition()
    {
        foreach (int length in Lengths)
        {
            (float[] a, float[] b) = (Maps.Random(length, 1), Maps.Random(length, 2));
            (float[] average, float[] sum) = ([.. a], [.. a]);
            OptimizerKernel.MovingAverage(average, b, 0.9f);
            OptimizerKernel.AddScaled(sum, b, -0.3f);
            KernelCheck.AssertClose("average", [.. a.Zip(b, (x, y) => (0.9 * x) + (0.1 * y))], average, 1e-6);
            KernelCheck.AssertClose("sum", [.. a.Zip(b, (x, y) => x - (0.3 * y))], sum, 1e-6);
        }
    }

    [Fact]
    public void The_norm_is_summed_up_in_double()
    {
        foreach (int length in Lengths)
        {
            float[] values = Maps.Random(length, 1, -1e3, 1e3);
            double expected = values.Sum(value => (double)value * value);
            Assert.InRange(OptimizerKernel.SquaredNorm(values), expected * (1 - 1e-12), expected * (1 + 1e-12));
        }
    }

    [Fact]
    public void The_end_of_a_span_gets_the_bits_of_its_middle()
    {
        // Vectors and what is left over round alike, so that the same parameter gets the same update wherever it lies.
        (float[] parameter, float[] gradient, float[] velocity) = (Maps.Random(40, 1), Maps.Random(40, 2), Maps.Random(40, 3));
        (float[] one, float[] oneVelocity) = ([parameter[5]], [velocity[5]]);
        var settings = new SgdSettings(0.1f) { Momentum = 0.9f, Nesterov = true, WeightDecay = 1e-3f };
        OptimizerKernel.Sgd(parameter, gradient, velocity, settings);
        OptimizerKernel.Sgd(one, [gradient[5]], oneVelocity, settings);
        Assert.Equal((parameter[5], velocity[5]), (one[0], oneVelocity[0]));
    }

    [Fact]
    public void Lengths_that_do_not_fit_are_refused()
    {
        Assert.Throws<ArgumentException>(() => OptimizerKernel.Sgd(new float[3], new float[2], [], new SgdSettings(1)));
        Assert.Throws<ArgumentException>(() => OptimizerKernel.Sgd(new float[3], new float[3], [], new SgdSettings(1) { Momentum = 1 }));
        Assert.Throws<ArgumentException>(() => OptimizerKernel.AdamW(new float[3], new float[3], new float[3], new float[2], new AdamWSettings(1, 1)));
        Assert.Throws<ArgumentException>(() => OptimizerKernel.AddScaled(new float[3], new float[2], 1));
    }
}
