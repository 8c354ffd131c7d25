using Espalier.Bench.Measuring;

namespace Espalier.Bench.Tests;

public sealed class ReportArgumentsTests
{
    [Fact]
    public void Options_may_stand_in_any_order_and_unknown_ones_are_refused()
    {
        Assert.Equal(new ReportArguments(null, false), ReportArguments.Parse([]));
        Assert.Equal(new ReportArguments("a.md", true), ReportArguments.Parse(["--quick", "-o", "a.md"]));
        Assert.Equal(new ReportArguments("a.md", true), ReportArguments.Parse(["--output", "a.md", "--quick"]));
        Assert.Null(ReportArguments.Parse(["-o"]));
        Assert.Null(ReportArguments.Parse(["a.md"]));
    }

    [Fact]
    public void Quick_is_a_tenth_but_never_nothing()
    {
        var quick = new ReportArguments(null, true);
        Assert.Equal((10, 1), (quick.Runs(100), quick.Runs(3)));
        Assert.Equal(TimeSpan.FromMilliseconds(300), quick.Time(TimeSpan.FromSeconds(3)));
        Assert.Equal(100, new ReportArguments().Runs(100));
    }
}
