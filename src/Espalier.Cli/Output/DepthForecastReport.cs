using Espalier.Surgery;

namespace Espalier.Cli;

/// <summary>The report of the time that stochastic depth saves.</summary>
internal static class DepthForecastReport
{
    /// <summary>The report as a line of text.</summary>
    internal static string Line(StochasticDepthForecast forecast) =>
        $"stochastic depth, on average: {Amount.Fixed(forecast.ExpectedBlocks, 2)} of {forecast.Blocks} blocks survive a training step, depth {Amount.Fixed(forecast.ExpectedDepth, 1)} of {forecast.Depth}, "
        + $"{Amount.Short((long)forecast.ExpectedMultiplyAccumulates)} of {Amount.Short(forecast.MultiplyAccumulates)} MACs: {Amount.Percent(forecast.SavedShare)} of the time is saved";

    /// <summary>The report as JSON.</summary>
    internal static ReportObject Data(StochasticDepthForecast forecast) => new()
    {
        { "blocks", forecast.Blocks },
        { "expected_blocks", forecast.ExpectedBlocks },
        { "expected_depth", forecast.ExpectedDepth },
        { "expected_macs", forecast.ExpectedMultiplyAccumulates },
        { "saved_share", forecast.SavedShare },
    };
}
