using System.Text.Json;
using Espalier.Training.Tests.Support;

namespace Espalier.Training.Tests.Schedules;

public sealed class ScheduleTests
{
    private const int StepsPerEpoch = 10; // as in make_trainer.py

    public static TheoryData<string> Cases => [.. Schedules.Keys];

    private static Dictionary<string, Schedule> Schedules { get; } = new()
    {
        ["step"] = new StepSchedule(2, 0.5),
        ["multi_step"] = new MultiStepSchedule([2, 3, 5]),
        ["cosine"] = new CosineSchedule(),
        ["cosine_end"] = new CosineSchedule(0.1),
        ["one_cycle"] = new OneCycleSchedule(),
        ["one_cycle_settings"] = new OneCycleSchedule(0.5, 10, 100),
        ["warm_up_multi_step"] = new WarmUpSchedule(new MultiStepSchedule([2, 4]), 1.5, 0.25),
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void Every_step_is_pytorchs(string name)
    {
        JsonElement expected = TrainingFixture.Case("schedules", name);
        double[] factors = expected.Numbers("factors");
        for (int step = 0; step < factors.Length; step++)
        {
            double actual = Schedules[name].FactorAt(new TrainingTime(step, StepsPerEpoch, factors.Length));
            Assert.True(Math.Abs(factors[step] - actual) <= 1e-9, $"step {step}: expected {factors[step]}, found {actual}"); // PyTorch's chainable forms round at each step
        }
    }

    [Fact]
    public void Only_one_cycle_has_a_momentum_of_its_own_and_a_warm_up_passes_it_on()
    {
        var time = new TrainingTime(0, 10, 60);
        Assert.Null(new CosineSchedule().MomentumAt(time));
        Assert.Null(new OneCycleSchedule { CyclesMomentum = false }.MomentumAt(time));
        Assert.Equal(0.95, new WarmUpSchedule(new OneCycleSchedule(), 1).MomentumAt(time));
    }

    [Fact]
    public void Constant_stays_and_warm_up_of_nothing_is_nothing()
    {
        var time = new TrainingTime(3, 10, 100);
        Assert.Equal(1, new ConstantSchedule().FactorAt(time));
        Assert.Equal(1, new WarmUpSchedule(new ConstantSchedule(), 0).FactorAt(time));
        Assert.Equal(0.5, new WarmUpSchedule(new ConstantSchedule(), 0.6, 0).FactorAt(time), 1e-15);
    }

    [Fact]
    public void A_fall_every_0_epochs_is_refused() => Assert.Throws<ArgumentOutOfRangeException>(() => new StepSchedule(0));

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Very_short_trainings_have_finite_rates(int total)
    {
        foreach (Schedule schedule in Schedules.Values)
        {
            for (int step = 0; step < total; step++)
            {
                double factor = schedule.FactorAt(new TrainingTime(step, 1, total));
                Assert.True(factor is >= 0 and <= 1, $"{schedule}, step {step} of {total}: {factor}");
            }
        }
    }

    [Fact]
    public void Schedules_are_values()
    {
        Assert.Equal(new WarmUpSchedule(new MultiStepSchedule([80, 120]), 1), new WarmUpSchedule(new MultiStepSchedule([80, 120]), 1));
        Assert.Contains("80, 120", new MultiStepSchedule([80, 120]).ToString(), StringComparison.Ordinal);
    }
}
