using System.Text.Json;
using Espalier.Graphs;
using Espalier.Tensors;
using Espalier.Training.Tests.Support;

namespace Espalier.Training.Tests.Optimizers;

/// <summary>Optimizers under the schedule that changes their momentum.</summary>
public sealed class OneCycleTests
{
    private const double Rounding = 2e-6; // a few float roundings of 2⁻²⁴ in each of ten steps, of values up to 1

    private static readonly Dictionary<string, (OptimizerOptions Options, OneCycleSchedule Schedule)> Trainings = new()
    {
        ["one_cycle_sgd"] = (new SgdOptions { WeightDecay = 0.01 }, new OneCycleSchedule()),
        ["one_cycle_nesterov"] = (new SgdOptions { Nesterov = true }, new OneCycleSchedule(Rise: 0.5) { MinMomentum = 0.6, MaxMomentum = 0.8 }),
        ["one_cycle_adamw"] = (new AdamWOptions { WeightDecay = 0.1 }, new OneCycleSchedule()),
    };

    public static TheoryData<string> Cases => [.. Trainings.Keys];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Rates_momenta_and_every_step_are_pytorchs(string name)
    {
        JsonElement expected = TrainingFixture.Case("one_cycle", name);
        (OptimizerOptions options, OneCycleSchedule schedule) = Trainings[name];
        TrainingParameter parameter = SomeParameters.Create($"{name}/value", [3, 5]);
        Optimizer optimizer = options.Create([parameter]);
        using var pool = new WorkerPool(1);
        (double[] rates, double[] momenta) = (expected.Numbers("rates"), expected.Numbers("momenta"));
        for (int step = 0; step < rates.Length; step++)
        {
            var time = new TrainingTime(step, 1, rates.Length);
            double rate = 0.1 * schedule.FactorAt(time);
            double momentum = schedule.MomentumAt(time)!.Value;
            Assert.Equal(rates[step], rate, 1e-12);
            Assert.Equal(momenta[step], momentum, 1e-12);
            SomeParameters.SetGradient(parameter, $"{name}/gradient/{step}");
            optimizer.Step(rate, pool, momentum);
            double[] values = [.. expected.GetProperty("values")[step].EnumerateArray().Select(v => v.GetDouble())];
            Assert.All(values.Zip(parameter.Value.ToArray()), pair => Assert.Equal(pair.First, pair.Second, Rounding)); // absolute: some end near 0
        }
    }

    [Fact]
    public void Without_momentum_there_is_none_to_cycle()
    {
        (TrainingParameter still, TrainingParameter cycled) = (SomeParameters.Create("value", [3, 5]), SomeParameters.Create("value", [3, 5]));
        using var pool = new WorkerPool(1);
        foreach ((TrainingParameter parameter, double? momentum) in new[] { (still, (double?)null), (cycled, 0.9) })
        {
            Optimizer optimizer = new SgdOptions { Momentum = 0 }.Create([parameter]);
            for (int step = 0; step < 3; step++)
            {
                SomeParameters.SetGradient(parameter, $"gradient/{step}");
                optimizer.Step(0.1, pool, momentum);
            }
        }

        Assert.Equal(still.Value.ToArray(), cycled.Value.ToArray());
    }
}
