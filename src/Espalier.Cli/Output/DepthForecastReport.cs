using System.Text.Json;
using Espalier.Surgery;

namespace Espalier.Cli;

/// <summary>Prints what stochastic depth will save.</summary>
internal static class DepthForecastReport
{
    /// <summary>A line for people.</summary>
    internal static void Print(TextWriter lines, StochasticDepthForecast forecast) => lines.WriteLine(
        $"stochastic depth, on average: {Amount.Fixed(forecast.ExpectedBlocks, 2)} of {forecast.Blocks} blocks survive a training step, depth {Amount.Fixed(forecast.ExpectedDepth, 1)} of {forecast.Depth}, "
        + $"{Amount.Short((long)forecast.ExpectedMultiplyAccumulates)} of {Amount.Short(forecast.MultiplyAccumulates)} MACs: {Amount.Percent(forecast.SavedShare)} of the time is saved");

    /// <summary>The same as a JSON property.</summary>
    internal static void Write(Utf8JsonWriter json, StochasticDepthForecast forecast)
    {
        json.WriteStartObject("stochastic_depth");
        json.WriteNumber("blocks", forecast.Blocks);
        json.WriteFinite("expected_blocks", forecast.ExpectedBlocks);
        json.WriteFinite("expected_depth", forecast.ExpectedDepth);
        json.WriteFinite("expected_macs", forecast.ExpectedMultiplyAccumulates);
        json.WriteFinite("saved_share", forecast.SavedShare);
        json.WriteEndObject();
    }
}
