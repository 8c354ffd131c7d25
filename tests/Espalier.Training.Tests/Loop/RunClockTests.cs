namespace Espalier.Training.Tests.Loop;

public sealed class RunClockTests
{
    [Fact]
    public void Speed_is_that_of_steps_and_what_lies_between_them_is_not_counted()
    {
        var time = new Hands();
        var clock = new RunClock(time);
        for (int epoch = 0; epoch < 3; epoch++)
        {
            clock.Continue();
            for (int step = 0; step < 4; step++)
            {
                time.Pass(seconds: 2);
                clock.Add(8);
            }

            time.Pass(seconds: 1000); // a validation
        }

        Assert.Equal(4, clock.ImagesPerSecond, 1e-9);
        Assert.Equal(TimeSpan.FromSeconds(20), clock.Left(10));
    }

    [Fact]
    public void A_step_that_is_slower_than_those_before_counts_for_a_twentieth()
    {
        var time = new Hands();
        var clock = new RunClock(time);
        time.Pass(seconds: 1);
        clock.Add(8);
        time.Pass(seconds: 3);
        clock.Add(8);

        Assert.Equal(8 / 1.1, clock.ImagesPerSecond, 1e-9);
    }

    /// <summary>A clock that only goes when it is told to.</summary>
    private sealed class Hands : TimeProvider
    {
        private long _ticks;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => _ticks;

        internal void Pass(int seconds) => _ticks += seconds * TimeSpan.TicksPerSecond;
    }
}
