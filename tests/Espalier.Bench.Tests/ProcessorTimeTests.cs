using Espalier.Bench.Peers;

namespace Espalier.Bench.Tests;

public class ProcessorTimeTests
{
    [Fact]
    public void The_share_that_was_used_is_what_was_not_idle()
    {
        ProcessorTime before = ProcessorTime.Parse("cpu  100 10 20 1000 50 0 0 5 7 7")!.Value;
        ProcessorTime after = ProcessorTime.Parse("cpu  130 10 30 1100 50 0 0 65 9 9")!.Value;
        Assert.Equal(new ProcessorTime(1050, 1185), before);
        Assert.Equal(0.5, after.ShareUsedSince(before), 1e-12); // 30 user, 10 system and 60 stolen of 200
        Assert.True(double.IsNaN(before.ShareUsedSince(before)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("intr 1 2 3")]
    [InlineData("cpu 1 2 3")]
    public void What_is_no_such_line_tells_nothing(string line) => Assert.Null(ProcessorTime.Parse(line));
}
