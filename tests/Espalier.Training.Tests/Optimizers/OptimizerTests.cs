using System.Text.Json;
using Espalier.Graphs;
using Espalier.Tensors;
using Espalier.Training.Tests.Support;

namespace Espalier.Training.Tests.Optimizers;

public sealed class OptimizerTests : IDisposable
{
    private const double Rounding = 2e-6; // a few float roundings of 2⁻²⁴ in each of six steps

    private readonly WorkerPool _pool = new(1);

    public static TheoryData<string> Cases => [.. Options.Keys];

    private static Dictionary<string, OptimizerOptions> Options { get; } = new()
    {
        ["sgd"] = new SgdOptions { Momentum = 0 },
        ["sgd_decay"] = new SgdOptions { Momentum = 0, WeightDecay = 0.1 },
        ["sgd_momentum"] = new SgdOptions { WeightDecay = 0.01 },
        ["sgd_dampening"] = new SgdOptions { Momentum = 0.8, Dampening = 0.3 },
        ["sgd_nesterov"] = new SgdOptions { WeightDecay = 0.01, Nesterov = true },
        ["adamw"] = new AdamWOptions(),
        ["adamw_settings"] = new AdamWOptions { Beta1 = 0.8, Beta2 = 0.95, Epsilon = 1e-3, WeightDecay = 0.3 },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void Six_steps_one_without_gradient_are_pytorchs(string name)
    {
        JsonElement expected = TrainingFixture.Case("optimizers", name);
        TrainingParameter parameter = SomeParameters.Create($"{name}/value", [3, 5]);
        Optimizer optimizer = Options[name].Create([parameter]);
        double[] rates = expected.Numbers("rates");
        for (int step = 0; step < rates.Length; step++)
        {
            Learn(optimizer, parameter, name, step, rates[step]);
            double[] values = [.. expected.GetProperty("values")[step].EnumerateArray().Select(v => v.GetDouble())];
            SomeParameters.AssertClose(values, parameter.Value.Span, Rounding, $"{name}, step {step}");
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_restored_optimizer_goes_on_with_the_same_bits(string name)
    {
        TrainingParameter whole = SomeParameters.Create($"{name}/value", [3, 5]);
        TrainingParameter parts = SomeParameters.Create($"{name}/value", [3, 5]);
        Optimizer first = Options[name].Create([whole]);
        Optimizer broken = Options[name].Create([parts]);
        for (int step = 0; step < 6; step++)
        {
            Learn(first, whole, name, step, 0.05);
            Learn(broken, parts, name, step, 0.05);
            Optimizer again = Options[name].Create([parts]);
            again.Restore(broken.State());
            broken = again;
        }

        Assert.Equal(whole.Value.ToArray(), parts.Value.ToArray());
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void What_a_mask_removes_stays_zero_and_the_rest_learns_as_if_alone(string name)
    {
        float[] mask = [.. Enumerable.Range(0, 15).Select(i => i % 3 == 0 ? 0f : 1f)];
        TrainingParameter free = SomeParameters.Create($"{name}/value", [3, 5]);
        TrainingParameter masked = SomeParameters.Create($"{name}/value", [3, 5], mask: Tensor.From<float>([3, 5], mask));
        Optimizer one = Options[name].Create([free]);
        Optimizer other = Options[name].Create([masked]);
        for (int step = 0; step < 6; step++)
        {
            Learn(one, free, name, step, 0.05);
            Learn(other, masked, name, step, 0.05);
        }

        for (int i = 0; i < mask.Length; i++)
        {
            Assert.Equal(mask[i] == 0 ? 0 : free.Value.Span[i], masked.Value.Span[i]);
        }
    }

    [Fact]
    public void A_gradient_that_is_no_number_does_not_pass_a_mask()
    {
        TrainingParameter parameter = SomeParameters.Create("nan", [4], mask: Tensor.From<float>([4], [0, 1, 1, 0]));
        Optimizer optimizer = new SgdOptions().Create([parameter]);
        parameter.SetGradient("nan/gradient");
        parameter.Gradient.Span[0] = float.NaN;
        parameter.Gradient.Span[3] = float.PositiveInfinity;
        optimizer.Step(0.1, _pool);
        Assert.Equal(0, parameter.Value.Span[0]);
        Assert.Equal(0, parameter.Value.Span[3]);
        Assert.True(float.IsFinite(parameter.Value.Span[1]));
    }

    [Fact]
    public void Without_gradient_value_momentum_and_decay_stand_still()
    {
        TrainingParameter parameter = SomeParameters.Create("still", [7]);
        Optimizer optimizer = new SgdOptions { WeightDecay = 0.5 }.Create([parameter]);
        parameter.SetGradient("still/gradient");
        optimizer.Step(0.1, _pool);
        float[] value = parameter.Value.ToArray();
        float[] momentum = optimizer.State()["still/momentum_buffer"].Read<float>().ToArray();
        parameter.HasGradient = false;
        optimizer.Step(0.1, _pool);
        Assert.Equal(value, parameter.Value.ToArray());
        Assert.Equal(momentum, optimizer.State()["still/momentum_buffer"].Read<float>().ToArray());
    }

    [Fact]
    public void A_frozen_parameter_has_no_gradient_and_no_state_and_does_not_change()
    {
        TrainingParameter frozen = SomeParameters.Create("frozen", [7], trainable: false);
        TrainingParameter free = SomeParameters.Create("free", [7]);
        Optimizer optimizer = new AdamWOptions().Create([frozen, free]);
        float[] value = frozen.Value.ToArray();
        free.SetGradient("free/gradient");
        optimizer.Step(0.1, _pool);
        Assert.Equal(value, frozen.Value.ToArray());
        Assert.Equal(["updates", "free/exp_avg", "free/exp_avg_sq"], optimizer.State().Names);
    }

    [Theory]
    [InlineData(TrainingParameterKind.Weight, true)]
    [InlineData(TrainingParameterKind.Bias, false)]
    [InlineData(TrainingParameterKind.Norm, false)]
    public void Decay_may_leave_norms_and_biases_out(TrainingParameterKind kind, bool decays)
    {
        foreach (OptimizerOptions options in new OptimizerOptions[] { new SgdOptions(), new AdamWOptions() })
        {
            TrainingParameter parameter = SomeParameters.Create("decay", [7], kind);
            TrainingParameter plain = SomeParameters.Create("decay", [7], kind);
            Optimizer some = (options with { WeightDecay = 0.5, DecayNormAndBias = false }).Create([parameter]);
            Optimizer none = (options with { WeightDecay = 0 }).Create([plain]);
            Learn(some, parameter, "decay", 0, 0.1);
            Learn(none, plain, "decay", 0, 0.1);
            Assert.Equal(decays, !parameter.Value.Span.SequenceEqual(plain.Value.Span));
        }
    }

    [Fact]
    public void Scales_are_not_decayed_and_stay_positive()
    {
        foreach (OptimizerOptions options in new OptimizerOptions[] { new SgdOptions { Momentum = 0, WeightDecay = 0.5 }, new AdamWOptions { WeightDecay = 0.5 } })
        {
            var scales = new TrainingParameter("scales", TrainingParameterKind.Scale, [5], null, trainable: true);
            float[] before = [0.5f, 0.5f, 0.001f, 1.5e-15f, 0.001f];
            before.CopyTo(scales.Value.Span);
            new float[] { 0, 1, 1, 1, -1 }.CopyTo(scales.Gradient.Span);
            scales.HasGradient = true;

            options.Create([scales]).Step(0.1, _pool);

            // SGD by the gradient, a step of AdamW relative to the scale; halved or doubled at most, and not below the least scale.
            float[] expected = options is SgdOptions ? [0.5f, 0.4f, 0.0005f, 1e-15f, 0.002f] : [0.5f, 0.45f, 0.0009f, 1.35e-15f, 0.0011f];
            Assert.Equal(expected, scales.Value.ToArray(), (a, b) => Math.Abs(a - b) <= 1e-4f * a);
        }
    }

    [Fact]
    public void Threads_do_not_change_a_bit()
    {
        using var many = new WorkerPool(3);
        TrainingParameter one = SomeParameters.Create("large", [300, 333]);
        TrainingParameter other = SomeParameters.Create("large", [300, 333]);
        Optimizer alone = new SgdOptions { WeightDecay = 0.1 }.Create([one]);
        Optimizer shared = new SgdOptions { WeightDecay = 0.1 }.Create([other]);
        one.SetGradient("large/gradient");
        other.SetGradient("large/gradient");
        Assert.Equal(new GradientClipper([one]).ByNorm(2, _pool), new GradientClipper([other]).ByNorm(2, many));
        alone.Step(0.1, _pool);
        shared.Step(0.1, many);
        Assert.Equal(one.Value.ToArray(), other.Value.ToArray());
    }

    [Fact]
    public void The_state_of_another_optimizer_is_refused()
    {
        TrainingParameter parameter = SomeParameters.Create("a", [7]);
        Optimizer adam = new AdamWOptions().Create([parameter]);
        Learn(adam, parameter, "a", 0, 0.1);
        Optimizer sgd = new SgdOptions().Create([parameter]);
        Assert.Contains("3 tensors", Assert.Throws<EspalierException>(() => sgd.Restore(adam.State())).Message, StringComparison.Ordinal);
        Optimizer two = new AdamWOptions().Create([parameter, SomeParameters.Create("b", [2])]);
        Assert.Contains("2 parameters", Assert.Throws<EspalierException>(() => two.Restore(adam.State())).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Impossible_settings_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new SgdOptions { Momentum = -1 }.Create([]));
        Assert.Throws<ArgumentOutOfRangeException>(() => new SgdOptions { Momentum = 0, Nesterov = true }.Create([]));
        Assert.Throws<ArgumentOutOfRangeException>(() => new AdamWOptions { Beta2 = 1 }.Create([]));
    }

    public void Dispose() => _pool.Dispose();

    private void Learn(Optimizer optimizer, TrainingParameter parameter, string name, int step, double rate)
    {
        parameter.SetGradient($"{name}/gradient/{step}");
        parameter.HasGradient = step != 3;
        optimizer.Step(rate, _pool);
    }
}
